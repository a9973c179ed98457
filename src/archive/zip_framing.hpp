#pragma once
// The strict pass over a whole ZIP archive: every byte belongs to exactly one record, the local headers say what the
// directory says, and every name is safe to unpack. `verify` unpacks nothing that has not passed it. Content comes after:
// see zip_content.hpp.

#include "torchup/system/byte_source.hpp"

#include "src/archive/broken_rule.hpp"
#include "src/archive/zip_directory.hpp"

#include <cstdint>
#include <vector>

namespace torchup {

/// An entry and the stretch of the archive that is its own.
struct FramedEntry {
  ZipEntry entry;
  std::uint64_t end = 0;  ///< Where the next record begins.
  bool operator==(const FramedEntry&) const = default;
};

/// What the directory at the archive's end tells.
struct ZipFrame {
  std::vector<FramedEntry> entries;  ///< As they lie in the file.
  std::uint64_t total_size = 0;      ///< Of all contents.
  bool operator==(const ZipFrame&) const = default;
};

/// An entry and where its data lies.
struct PlacedEntry {
  ZipEntry entry;
  std::uint64_t data_offset = 0;
};

struct ZipLayout {
  std::vector<PlacedEntry> entries;  ///< As they lie in the file.
  std::uint64_t total_size = 0;      ///< Of all contents.
};

/// Reads the archive's end and holds the directory against all rules that need no more: names, kinds, methods, sizes, and
/// that the entries' stretches begin at the file's start. A file that cannot be read is an error; an archive that breaks a
/// rule is an answer. Limits: 200,000 entries, 32 GiB for one content, 64 GiB for all, and 1:100 compression where content
/// is above 64 MiB.
Result<Ruling<ZipFrame>> read_frame(const ByteSource& archive);

/// Reads one entry's local header and data descriptor: they must say what the directory says, and together with the data
/// fill the entry's stretch.
Result<Ruling<PlacedEntry>> place_entry(const ByteSource& archive, const FramedEntry& framed);

/// Both over the whole archive.
Result<Ruling<ZipLayout>> frame_archive(const ByteSource& archive);

}  // namespace torchup
