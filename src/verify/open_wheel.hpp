#pragma once
// A wheel whose framing, names and .dist-info hold, ready to be unpacked: private to `verify`.

#include "torchup/install/verified_artifact.hpp"
#include "torchup/system/byte_source.hpp"
#include "torchup/system/hash_lanes.hpp"

#include "src/archive/broken_rule.hpp"
#include "src/archive/zip_content.hpp"
#include "src/archive/zip_framing.hpp"
#include "src/verify/record_file.hpp"

#include <filesystem>
#include <memory>
#include <string>

namespace torchup {

struct OpenWheel {
  std::shared_ptr<const ByteSource> source;
  ZipLayout layout;
  std::string dist_info;
  WheelRecord record;
};

/// Checks all but the contents of a wheel whose entries are placed: .dist-info, WHEEL, METADATA, entry points, and that RECORD
/// and the archive list the same files. Broken rules beside the archive's: `record-missing`, `record-phantom`,
/// `record-lacks`, and those of record_file.hpp, wheel_form.hpp and dist_info_files.hpp.
Result<Ruling<OpenWheel>> open_wheel(std::shared_ptr<const ByteSource> source, ZipLayout layout, const PackageName& name,
                                     const Version& version);

/// The same for a wheel's file, the archive's framing included.
Result<Ruling<OpenWheel>> open_wheel(const std::filesystem::path& path, const PackageName& name, const Version& version);

/// Memory that one worker keeps from file to file: at most 6 MiB.
struct UnpackBuffers {
  ContentBuffers content;
  HashedPieces::Slots under_way;
};

/// Reads one file's content, hashes it in the lanes and has every piece used, the last before this returns. Broken: the
/// content rules of zip_content.hpp.
Result<Ruling<TreeFile>> take_file(const ByteSource& source, const PlacedEntry& placed, UnpackBuffers& buffers, HashLanes& lanes,
                                   const HashedPieces::Use& use);

/// Holds a file that was taken against RECORD. Broken: `record-hash`, `record-size`.
Ruling<void> check_against_record(const OpenWheel& wheel, const TreeFile& file);

}  // namespace torchup
