#include "src/archive/stored_zip.hpp"

#include "src/archive/extra_fields.hpp"

#include <algorithm>
#include <cstddef>

namespace torchup {
namespace {

constexpr std::uint16_t k_utf8_flag = 0x0800;
constexpr std::uint16_t k_plain_version = 20, k_zip64_version = 45;
constexpr std::uint16_t k_made_on_unix = 3 << 8;
constexpr std::uint32_t k_regular_file = 0100644U << 16;
constexpr std::uint16_t k_first_day = (1 << 5) | 1;  // 1 January 1980
constexpr std::size_t k_zip64_end_size = 56;

void put(std::string& record, std::uint64_t value, std::size_t width) {
  for (std::size_t i = 0; i < width; ++i, value >>= 8) record.push_back(static_cast<char>(value & 0xff));
}

std::uint64_t narrow_32(std::uint64_t value) { return std::min(value, k_saturated_32); }

bool is_wide(std::uint64_t value) { return value >= k_saturated_32; }

/// The ZIP64 field (APPNOTE 4.5.3) with the values that are saturated in the record; nothing where none is.
std::string zip64_field(std::span<const std::uint64_t> values) {
  std::string wide;
  for (const std::uint64_t value : values) {
    if (is_wide(value)) put(wide, value, 8);
  }
  if (wide.empty()) return wide;
  std::string field;
  put(field, 0x0001, 2);
  put(field, wide.size(), 2);
  return field + wide;
}

/// The fields that the local header and the directory's entry have in common.
void put_shared(std::string& record, const StoredEntry& entry, std::size_t extra) {
  put(record, is_wide(entry.size) || is_wide(entry.header_offset) ? k_zip64_version : k_plain_version, 2);
  put(record, k_utf8_flag, 2);
  put(record, 0, 2);  // stored
  put(record, 0, 2);  // midnight
  put(record, k_first_day, 2);
  put(record, entry.crc32, 4);
  put(record, narrow_32(entry.size), 4);
  put(record, narrow_32(entry.size), 4);
  put(record, entry.name.size(), 2);
  put(record, extra, 2);
}

std::string directory_entry(const StoredEntry& entry) {
  const std::uint64_t values[] = {entry.size, entry.size, entry.header_offset};
  const std::string extra = zip64_field(values);
  std::string record;
  put(record, 0x02014b50, 4);
  put(record, k_made_on_unix | k_zip64_version, 2);
  put_shared(record, entry, extra.size());
  put(record, 0, 2);  // no comment
  put(record, 0, 2);  // the first disk
  put(record, 0, 2);  // no text
  put(record, k_regular_file, 4);
  put(record, narrow_32(entry.header_offset), 4);
  return record + entry.name + extra;
}

/// ZIP64's end record and its locator (APPNOTE 4.3.14, 4.3.15).
std::string zip64_end(std::uint64_t entries, std::uint64_t size, std::uint64_t offset) {
  std::string record;
  put(record, 0x06064b50, 4);
  put(record, k_zip64_end_size - 12, 8);
  put(record, k_made_on_unix | k_zip64_version, 2);
  put(record, k_zip64_version, 2);
  put(record, 0, 8);  // the first disk, twice
  put(record, entries, 8);
  put(record, entries, 8);
  put(record, size, 8);
  put(record, offset, 8);
  put(record, 0x07064b50, 4);
  put(record, 0, 4);
  put(record, offset + size, 8);
  put(record, 1, 4);
  return record;
}

}  // namespace

std::string stored_header(const StoredEntry& entry) {
  const std::uint64_t values[] = {entry.size, entry.size};
  const std::string extra = zip64_field(values);
  std::string record;
  put(record, 0x04034b50, 4);
  put_shared(record, {.name = entry.name, .size = entry.size, .crc32 = entry.crc32}, extra.size());
  return record + entry.name + extra;
}

std::string stored_directory(std::span<const StoredEntry> entries, std::uint64_t offset) {
  std::string directory;
  for (const StoredEntry& entry : entries) directory += directory_entry(entry);
  const std::uint64_t size = directory.size();
  const bool many = entries.size() >= k_saturated_16;
  if (many || is_wide(size) || is_wide(offset)) directory += zip64_end(entries.size(), size, offset);
  put(directory, 0x06054b50, 4);
  put(directory, 0, 4);  // the first disk, twice
  const std::uint64_t shown = many ? k_saturated_16 : entries.size();
  put(directory, shown, 2);
  put(directory, shown, 2);
  put(directory, narrow_32(size), 4);
  put(directory, narrow_32(offset), 4);
  put(directory, 0, 2);  // no comment
  return directory;
}

}  // namespace torchup
