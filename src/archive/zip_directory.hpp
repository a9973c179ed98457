#pragma once
// A ZIP archive's central directory, read from the archive's last bytes: enough to find one entry by a range request.
// The index client reads METADATA this way; `zip_framing` starts from it and then looks at every other byte.

#include "torchup/core/result.hpp"

#include "src/archive/broken_rule.hpp"

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <variant>
#include <vector>

namespace torchup {

inline constexpr std::uint16_t k_zip_stored = 0;
inline constexpr std::uint16_t k_zip_deflated = 8;

/// One entry as the central directory has it, ZIP64 fields resolved.
struct ZipEntry {
  std::string name;  ///< Raw bytes; see `check_entry_names`.
  std::uint16_t method = 0;
  std::uint16_t flags = 0;
  std::uint32_t crc32 = 0;
  std::uint64_t compressed_size = 0;
  std::uint64_t size = 0;
  std::uint64_t header_offset = 0;  ///< Of the local header, from the archive's start.
  std::uint32_t external_attributes = 0;

  bool is_directory() const { return name.ends_with('/'); }
  /// The Unix mode in the attributes' upper half; 0 where the writer gave none.
  unsigned unix_mode() const { return external_attributes >> 16; }
  bool is_executable() const { return (unix_mode() & 0111U) != 0; }
  bool operator==(const ZipEntry&) const = default;
};

struct ZipDirectory {
  std::uint64_t offset = 0;       ///< Where the directory begins, and with it the last entry's data ends.
  std::vector<ZipEntry> entries;  ///< In the directory's order.

  /// The first entry of that name, or nullptr.
  const ZipEntry* find(std::string_view name) const;

  /// Where an entry's local header, data and descriptor end at the latest: the next local header or the directory.
  std::uint64_t end_of(const ZipEntry& entry) const;
};

/// The tail was too short: ask again with so many bytes of the archive's end.
struct NeedTail {
  std::uint64_t bytes = 0;
};

/// Reads the directory (APPNOTE 4.3.12 to 4.3.16) from the archive's last bytes; 64 KiB are enough for most wheels.
/// `file_size` is the whole archive's. Strict: no comment, nothing behind the end record, one disk, ZIP64 only where it
/// is consistent, at most 200,000 entries and 64 MiB of directory. A broken rule is ErrorKind::integrity.
Result<std::variant<ZipDirectory, NeedTail>> parse_zip_directory(std::span<const std::byte> tail, std::uint64_t file_size);

/// The same with the broken rule as a value.
Ruling<std::variant<ZipDirectory, NeedTail>> rule_on_directory(std::span<const std::byte> tail, std::uint64_t file_size);

}  // namespace torchup
