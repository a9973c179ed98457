#include "src/archive/zip_directory.hpp"

#include "src/archive/extra_fields.hpp"
#include "src/archive/little_endian.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <utility>

namespace torchup {
namespace {

constexpr std::uint32_t k_entry_signature = 0x02014b50;
constexpr std::uint32_t k_end_signature = 0x06054b50;
constexpr std::uint32_t k_zip64_end_signature = 0x06064b50;
constexpr std::uint32_t k_zip64_locator_signature = 0x07064b50;
constexpr std::size_t k_entry_size = 46;
constexpr std::size_t k_end_size = 22;
constexpr std::size_t k_zip64_locator_size = 20;
constexpr std::size_t k_zip64_end_size = 56;
constexpr std::uint64_t k_most_entries = 200'000;
constexpr std::uint64_t k_most_directory_bytes = 64ULL << 20;

using Bytes = std::span<const std::byte>;

/// What the end records say of the directory.
struct DirectoryPlace {
  std::uint64_t entries = 0, size = 0, offset = 0;
  std::uint64_t end = 0;  ///< Where the records behind the directory begin.
};

/// Why the last bytes are not an end record without comment.
tl::unexpected<BrokenRule> explain_missing_end(Bytes tail) {
  for (std::size_t at = tail.size() - k_end_size + 1; at-- > 0;) {
    if (u32_at(tail, at) != k_end_signature) continue;
    const std::size_t behind = tail.size() - at - k_end_size;
    const std::size_t comment = u16_at(tail, at + 20);
    if (comment != 0) return broken("archive-comment", fmt::format("the end record announces a comment of {} bytes", comment));
    return broken("trailing-data", fmt::format("{} bytes follow the end record", behind));
  }
  return broken("no-end-record", "it does not end as a ZIP archive does");
}

Ruling<DirectoryPlace> read_end_record(Bytes end, std::uint64_t at) {
  if (u16_at(end, 20) != 0) return broken("archive-comment", fmt::format("a comment of {} bytes is announced", u16_at(end, 20)));
  if (u16_at(end, 4) != 0 || u16_at(end, 6) != 0) return broken("multi-disk", "the end record names a disk other than the first");
  if (u16_at(end, 8) != u16_at(end, 10)) return broken("multi-disk", "the end record counts entries on other disks");
  return DirectoryPlace{.entries = u16_at(end, 10), .size = u32_at(end, 12), .offset = u32_at(end, 16), .end = at};
}

bool is_saturated(const DirectoryPlace& place) {
  return place.entries == k_saturated_16 || place.size == k_saturated_32 || place.offset == k_saturated_32;
}

/// Reads locator and ZIP64 end record (APPNOTE 4.3.14, 4.3.15); `records` holds both and ends where the end record begins.
Ruling<DirectoryPlace> read_zip64_end(Bytes records, const DirectoryPlace& narrow) {
  const Bytes locator = records.last(k_zip64_locator_size);
  const Bytes end = records.first(k_zip64_end_size);
  const std::uint64_t at = narrow.end - records.size();
  if (u32_at(locator, 4) != 0 || u32_at(locator, 16) != 1) return broken("multi-disk", "the ZIP64 locator names several disks");
  if (u64_at(locator, 8) != at) return broken("zip64", "the ZIP64 locator does not point to the record before it");
  if (u32_at(end, 0) != k_zip64_end_signature) return broken("zip64", "no ZIP64 end record stands before its locator");
  if (u64_at(end, 4) != k_zip64_end_size - 12) return broken("zip64", "the ZIP64 end record has an extensible part");
  if (u32_at(end, 16) != 0 || u32_at(end, 20) != 0) return broken("multi-disk", "the ZIP64 end record names another disk");
  if (u64_at(end, 24) != u64_at(end, 32)) return broken("multi-disk", "the ZIP64 end record counts entries on other disks");
  const DirectoryPlace wide{.entries = u64_at(end, 32), .size = u64_at(end, 40), .offset = u64_at(end, 48), .end = at};

  const auto agree = [](std::uint64_t small, std::uint64_t large, std::uint64_t saturated) { return small == saturated || small == large; };
  if (!agree(narrow.entries, wide.entries, k_saturated_16) || !agree(narrow.size, wide.size, k_saturated_32) ||
      !agree(narrow.offset, wide.offset, k_saturated_32)) {
    return broken("zip64", "the two end records disagree");
  }
  return wide;
}

/// Finds the directory's place; nothing where the tail does not reach back to the ZIP64 records.
Ruling<std::optional<DirectoryPlace>> find_directory(Bytes tail, std::uint64_t file_size) {
  const Bytes end = tail.last(k_end_size);
  if (u32_at(end, 0) != k_end_signature) return explain_missing_end(tail);
  const auto narrow = read_end_record(end, file_size - k_end_size);
  if (!narrow) return tl::unexpected(narrow.error());

  constexpr std::size_t zip64_size = k_zip64_locator_size + k_zip64_end_size;
  const Bytes before = tail.first(tail.size() - k_end_size);
  const bool complete = tail.size() == file_size;
  if (before.size() < zip64_size && !complete) return std::nullopt;
  // A locator's signature here counts even if the plain fields would do: other readers would follow it.
  const bool has_locator =
      before.size() >= k_zip64_locator_size && u32_at(before.last(k_zip64_locator_size), 0) == k_zip64_locator_signature;
  if (!has_locator) {
    if (is_saturated(*narrow)) return broken("zip64", "the end record announces ZIP64 records that are not there");
    return *narrow;
  }
  if (before.size() < zip64_size) return broken("zip64", "no ZIP64 end record stands before its locator");
  const auto wide = read_zip64_end(before.last(zip64_size), *narrow);
  if (!wide) return tl::unexpected(wide.error());
  return *wide;
}

Ruling<void> check_place(const DirectoryPlace& place) {
  if (place.entries > k_most_entries) {
    return broken("too-many-entries", fmt::format("{} entries, at most {} are accepted", place.entries, k_most_entries));
  }
  if (place.size > k_most_directory_bytes) return broken("directory-size", fmt::format("a directory of {} bytes", place.size));
  if (place.size > place.end || place.offset != place.end - place.size) {
    return broken("directory-size", fmt::format("a directory of {} bytes at {} does not end at {}", place.size, place.offset, place.end));
  }
  return {};
}

Ruling<ZipEntry> read_entry_record(Bytes record, std::uint64_t directory_offset) {
  const std::size_t name_size = u16_at(record, 28);
  ZipEntry entry;
  entry.name.assign(reinterpret_cast<const char*>(record.data()) + k_entry_size, name_size);
  entry.flags = u16_at(record, 8);
  entry.method = u16_at(record, 10);
  entry.crc32 = u32_at(record, 16);
  entry.external_attributes = u32_at(record, 38);
  if (u16_at(record, 34) != 0) return broken("multi-disk", fmt::format("`{}` is said to lie on another disk", entry.name));
  const auto wide = resolve_extra_fields(
      record.subspan(k_entry_size + name_size, u16_at(record, 30)),
      {.size = u32_at(record, 24), .compressed_size = u32_at(record, 20), .header_offset = u32_at(record, 42)}, entry.name);
  if (!wide) return tl::unexpected(wide.error());
  entry.size = wide->size;
  entry.compressed_size = wide->compressed_size;
  entry.header_offset = wide->header_offset;
  if (entry.header_offset >= directory_offset || entry.compressed_size > directory_offset - entry.header_offset) {
    return broken("out-of-bounds", fmt::format("`{}` does not lie before the directory", entry.name));
  }
  return entry;
}

Ruling<std::vector<ZipEntry>> read_entries(Bytes directory, const DirectoryPlace& place) {
  std::vector<ZipEntry> entries;
  entries.reserve(std::min<std::uint64_t>(place.entries, directory.size() / k_entry_size));
  while (!directory.empty()) {
    if (directory.size() < k_entry_size || u32_at(directory, 0) != k_entry_signature) {
      return broken("directory-record", fmt::format("no entry stands where number {} must begin", entries.size() + 1));
    }
    const std::size_t length = k_entry_size + u16_at(directory, 28) + u16_at(directory, 30) + u16_at(directory, 32);
    if (length > directory.size()) return broken("directory-record", fmt::format("entry number {} is cut short", entries.size() + 1));
    if (entries.size() == place.entries) break;
    auto entry = read_entry_record(directory.first(length), place.offset);
    if (!entry) return tl::unexpected(std::move(entry).error());
    entries.push_back(*std::move(entry));
    directory = directory.subspan(length);
  }
  if (!directory.empty() || entries.size() != place.entries) {
    return broken("entry-count", fmt::format("the end record counts {} entries and the directory holds others", place.entries));
  }
  return entries;
}

}  // namespace

const ZipEntry* ZipDirectory::find(std::string_view name) const {
  const auto found = std::ranges::find(entries, name, &ZipEntry::name);
  return found == entries.end() ? nullptr : &*found;
}

std::uint64_t ZipDirectory::end_of(const ZipEntry& entry) const {
  std::uint64_t end = offset;
  for (const ZipEntry& other : entries) {
    if (other.header_offset > entry.header_offset) end = std::min(end, other.header_offset);
  }
  return end;
}

Ruling<std::variant<ZipDirectory, NeedTail>> rule_on_directory(Bytes tail, std::uint64_t file_size) {
  if (tail.size() > file_size) return broken("no-end-record", fmt::format("{} bytes given of an archive of {}", tail.size(), file_size));
  if (file_size < k_end_size) return broken("no-end-record", fmt::format("{} bytes are too few for an archive", file_size));
  const std::uint64_t least = std::min<std::uint64_t>(file_size, k_end_size + k_zip64_locator_size + k_zip64_end_size);
  if (tail.size() < least) return NeedTail{least};

  const auto place = find_directory(tail, file_size);
  if (!place) return tl::unexpected(place.error());
  if (!*place) return NeedTail{least};
  TORCHUP_KEEPS(check_place(**place));
  const std::uint64_t needed = file_size - (*place)->offset;
  if (tail.size() < needed) return NeedTail{needed};

  const Bytes directory = tail.subspan(static_cast<std::size_t>(tail.size() - needed), static_cast<std::size_t>((*place)->size));
  auto entries = read_entries(directory, **place);
  if (!entries) return tl::unexpected(std::move(entries).error());
  return ZipDirectory{.offset = (*place)->offset, .entries = *std::move(entries)};
}

Result<std::variant<ZipDirectory, NeedTail>> parse_zip_directory(Bytes tail, std::uint64_t file_size) {
  auto ruling = rule_on_directory(tail, file_size);
  if (!ruling) return failure(to_error(ruling.error()));
  return *std::move(ruling);
}

}  // namespace torchup
