#pragma once
// A wheel whose framing, names and .dist-info hold, ready to be unpacked: private to `verify`.

#include "torchup/install/verified_artifact.hpp"
#include "torchup/system/file_descriptor.hpp"

#include "src/archive/broken_rule.hpp"
#include "src/archive/zip_content.hpp"
#include "src/archive/zip_framing.hpp"
#include "src/verify/record_file.hpp"

#include <filesystem>
#include <string>

namespace torchup {

struct OpenWheel {
  FileDescriptor file;
  ZipLayout layout;
  std::string dist_info;
  RecordRows record;
};

/// Opens a wheel and checks all but its contents: the archive's framing, .dist-info, WHEEL, METADATA, entry points, and
/// that RECORD and the archive list the same files. Broken rules beside the archive's: `record-missing`, `record-phantom`,
/// `record-lacks`, and those of record_file.hpp, wheel_form.hpp and dist_info_files.hpp.
Result<Ruling<OpenWheel>> open_wheel(const std::filesystem::path& path, const PackageName& name, const Version& version);

/// Reads one file's content into the sink, and holds it against RECORD. Broken: the content rules of zip_content.hpp,
/// `record-hash`, `record-size`.
Result<Ruling<TreeFile>> take_file(const OpenWheel& wheel, const PlacedEntry& placed, ContentBuffers& buffers, const ContentSink& sink);

}  // namespace torchup
