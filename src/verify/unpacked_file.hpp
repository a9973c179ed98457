#pragma once
// One file of a tree while it is written: read-only from its first moment, big ones past the page cache. Private to `verify`.

#include "torchup/system/file_descriptor.hpp"

#include "src/archive/zip_directory.hpp"

#include <cstddef>
#include <cstdint>
#include <span>

namespace torchup {

class UnpackedFile {
 public:
  /// Makes the file, which must not be there yet, below `tree`.
  static Result<UnpackedFile> create(const FileDescriptor& tree, const ZipEntry& entry);

  /// Appends. Pieces as `ContentSink` promises them go to the disk without a copy in memory.
  Status write(std::span<const std::byte> bytes);

  /// Ends it and says whether a write had failed after all.
  Status close();

 private:
  UnpackedFile(FileDescriptor file, bool is_direct) : m_file(std::move(file)), m_is_direct(is_direct) {}

  FileDescriptor m_file;
  bool m_is_direct;
  std::uint64_t m_written = 0;
};

}  // namespace torchup
