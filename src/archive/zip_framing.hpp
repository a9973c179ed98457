#pragma once
// The strict pass over a whole ZIP archive: every byte belongs to exactly one record, the local headers say what the
// directory says, and every name is safe to unpack. `verify` unpacks nothing that has not passed it. Content comes after:
// see zip_content.hpp.

#include "torchup/system/file_descriptor.hpp"

#include "src/archive/broken_rule.hpp"
#include "src/archive/zip_directory.hpp"

#include <cstdint>
#include <vector>

namespace torchup {

/// An entry and where its data lies.
struct PlacedEntry {
  ZipEntry entry;
  std::uint64_t data_offset = 0;
};

struct ZipLayout {
  std::vector<PlacedEntry> entries;  ///< As they lie in the file.
  std::uint64_t total_size = 0;      ///< Of all contents.
};

/// Passes over the archive. A file that cannot be read is an error; an archive that breaks a rule is an answer. Limits:
/// 200,000 entries, 32 GiB for one content, 64 GiB for all, and 1:100 compression where content is above 64 MiB.
Result<Ruling<ZipLayout>> frame_archive(const FileDescriptor& file);

}  // namespace torchup
