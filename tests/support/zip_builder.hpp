#pragma once
// Writes ZIP archives byte by byte, sound by default and wrong where a test says so. A test changes one field of one
// record and sees that exactly the rule for it speaks.

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace torchup::test {

/// One record's fields, as they will be written: change any of them.
struct ZipRecord {
  std::uint16_t version_needed = 20, flags = 0, method = 0;
  std::uint32_t crc32 = 0;
  std::uint64_t compressed_size = 0, size = 0;
  std::string name = {};
  std::string extra = {};
  std::uint16_t version_made_by = (3 << 8) | 20;
  std::uint16_t disk = 0;                 ///< Directory only.
  std::uint32_t external_attributes = 0;  ///< Directory only.
  std::uint64_t header_offset = 0;        ///< Directory only.
  std::string comment = {};               ///< Directory only.
};

struct ZipEnd {
  std::uint16_t disk = 0, directory_disk = 0;
  std::uint64_t entries_here = 0, entries = 0, directory_size = 0, directory_offset = 0;
  std::string comment = {};
  std::optional<std::uint16_t> comment_size = {};  ///< Another one than the comment has.
};

enum class Compression { stored, deflated };

class ZipBuilder {
 public:
  /// Adds an entry; the change sees its two records before they are written.
  using Change = std::function<void(ZipRecord& local, ZipRecord& directory)>;
  ZipBuilder& add(std::string name, std::string_view content, Compression compression = Compression::deflated, Change change = {});

  /// The same with data that was compressed elsewhere, sound or not.
  ZipBuilder& add_compressed(std::string name, std::string_view content, std::string_view compressed, Change change = {});

  /// Bytes put between the entry before and the next record: a data descriptor, or what does not belong there.
  ZipBuilder& raw(std::string_view bytes);

  ZipBuilder& change_end(std::function<void(ZipEnd&)> change);

  /// Bytes put between the directory and the end record.
  ZipBuilder& before_end(std::string bytes);

  /// The whole archive.
  std::string build() const;

  std::uint64_t size_so_far() const { return m_bytes.size(); }

 private:
  std::string m_bytes;
  std::string m_before_end;
  std::vector<ZipRecord> m_directory;
  std::function<void(ZipEnd&)> m_change_end;
};

/// `width` bytes, the lowest first.
std::string little_endian_bytes(std::uint64_t value, std::size_t width);

/// A deflate stream that holds the content uncompressed (RFC 1951, 3.2.4).
std::string deflated(std::string_view content);

/// CRC-32 from its definition, a bit at a time: slow, and independent of what it checks.
std::uint32_t crc32_by_definition(std::string_view content);

}  // namespace torchup::test
