#pragma once
// A bundle's bytes, in one file or in parts that lie beside one another: FILE.001, FILE.002, …, each but the last of the same
// size. Offsets count through all of them. The reader and the writer of bundles use it.

#include "torchup/system/byte_source.hpp"
#include "torchup/system/file_descriptor.hpp"

#include "src/archive/broken_rule.hpp"

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace torchup {

class PartedFile final : public ByteSource {
 public:
  /// Opens FILE, or its parts where FILE is not there; FILE.001 itself may be named too. A file that cannot be read is ErrorKind::host,
  /// and ErrorKind::usage where there is none. Broken: `bundle-part` where a part is empty, missing in between, or of another size
  /// than the first.
  static Result<Ruling<PartedFile>> open(const std::filesystem::path& path);

  /// Opens or makes files for `size` bytes: FILE.part, or with a part size FILE.001.part and so on, and locks the first. Where they
  /// had another size, they are emptied. ErrorKind::host where another process writes them.
  static Result<PartedFile> create(const std::filesystem::path& path, std::uint64_t size, std::optional<std::uint64_t> part_bytes);

  Result<std::uint64_t> size() const override { return m_size; }
  Result<std::size_t> read_at(std::uint64_t offset, std::span<std::byte> into) const override;
  const std::filesystem::path& path() const override { return m_path; }  ///< As it was named.

  Status write_at(std::uint64_t offset, std::span<const std::byte> bytes) const;

  /// Whether some of what `create` opened was there before, in the size that it has now.
  bool is_continued() const { return m_is_continued; }

  /// Makes all bytes zero again.
  Status clear() const;

  /// Brings what was written to the disk and takes `.part` off the names: what was there under them before is replaced, parts that
  /// it had more of are removed, and the first one appears last.
  Status publish();

  std::size_t parts() const { return m_parts.size(); }

  /// The file that holds the byte, and where in it.
  std::pair<std::filesystem::path, std::uint64_t> place_of(std::uint64_t offset) const;

 private:
  std::filesystem::path m_path;
  std::vector<FileDescriptor> m_parts;
  std::uint64_t m_size = 0, m_part_bytes = 0;
  bool m_is_continued = false;
};

/// "FILE.001"
std::filesystem::path part_name(const std::filesystem::path& path, std::size_t number);

}  // namespace torchup
