#include "src/archive/zip_framing.hpp"

#include "src/archive/entry_names.hpp"
#include "src/archive/local_header.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <utility>
#include <variant>

namespace torchup {
namespace {

constexpr std::uint64_t k_first_tail = 64ULL << 10;
constexpr std::uint64_t k_most_bytes = 32ULL << 30;
constexpr std::uint64_t k_most_total = 64ULL << 30;
constexpr std::uint64_t k_ratio_counts_above = 64ULL << 20;
constexpr std::uint64_t k_most_ratio = 100;
constexpr std::size_t k_typical_header = 512;

/// The directory out of as much of the file's end as it takes.
Result<Ruling<ZipDirectory>> read_directory(const ByteSource& file, std::uint64_t file_size) {
  std::vector<std::byte> tail;
  for (std::uint64_t needed = std::min(file_size, k_first_tail);;) {
    tail.resize(static_cast<std::size_t>(needed));
    TORCHUP_TRY_ASSIGN(const std::size_t read, file.read_at(file_size - needed, tail));
    if (read != tail.size()) return broken("no-end-record", "it became shorter while it was read");
    auto ruling = rule_on_directory(tail, file_size);
    if (!ruling) return Ruling<ZipDirectory>(tl::unexpected(std::move(ruling).error()));
    if (auto* directory = std::get_if<ZipDirectory>(&*ruling)) return Ruling<ZipDirectory>(std::move(*directory));
    needed = std::max(std::get<NeedTail>(*ruling).bytes, needed + 1);
    if (needed > file_size) return broken("no-end-record", "the directory begins before the archive");
  }
}

Ruling<void> check_sizes(const ZipDirectory& directory) {
  std::uint64_t total = 0;
  for (const ZipEntry& entry : directory.entries) {
    if (entry.size > k_most_bytes) return broken("too-large", fmt::format("`{}` has {} bytes", entry.name, entry.size));
    total += entry.size;  // no overflow: at most 200,000 entries below 2^35
    if (total > k_most_total) return broken("too-large", fmt::format("all content is above {} bytes", k_most_total));
    if (entry.size > k_ratio_counts_above && entry.size / k_most_ratio > entry.compressed_size) {
      return broken("compression-ratio", fmt::format("{} bytes become {} in `{}`", entry.compressed_size, entry.size, entry.name));
    }
  }
  return {};
}

/// All that the directory alone tells.
Ruling<void> check_directory(const ZipDirectory& directory) {
  for (const ZipEntry& entry : directory.entries) {
    TORCHUP_KEEPS(check_entry_name(entry.name));
    TORCHUP_KEEPS(check_entry_kind(entry));
    TORCHUP_KEEPS(check_method(entry));
  }
  TORCHUP_KEEPS(check_distinct_names(directory.entries));
  return check_sizes(directory);
}

Result<std::vector<std::byte>> read_header(const ByteSource& file, const ZipEntry& entry, std::uint64_t end) {
  std::vector<std::byte> header(static_cast<std::size_t>(std::min<std::uint64_t>(k_typical_header, end - entry.header_offset)));
  TORCHUP_TRY_ASSIGN(const std::size_t read, file.read_at(entry.header_offset, header));
  header.resize(read);
  const auto length = local_header_length(header, entry);
  if (!length) return header;  // `check_local_header` refuses it
  const auto whole = static_cast<std::size_t>(std::min(*length, end - entry.header_offset));
  if (whole > header.size()) {
    header.resize(whole);
    TORCHUP_TRY_ASSIGN(const std::size_t again, file.read_at(entry.header_offset, header));
    header.resize(again);
  }
  header.resize(std::min(whole, header.size()));
  return header;
}

}  // namespace

Result<Ruling<PlacedEntry>> place_entry(const ByteSource& file, const FramedEntry& framed) {
  const ZipEntry& entry = framed.entry;
  const std::uint64_t end = framed.end;
  TORCHUP_TRY_ASSIGN(const std::vector<std::byte> header, read_header(file, entry, end));
  if (auto kept = check_local_header(header, entry); !kept) return Ruling<PlacedEntry>(tl::unexpected(std::move(kept).error()));
  const std::uint64_t data_offset = entry.header_offset + header.size();
  const std::uint64_t space = end - data_offset;
  if (entry.compressed_size > space) return broken("overlap", fmt::format("`{}` reaches into the record behind it", entry.name));

  const std::uint64_t behind = space - entry.compressed_size;
  if (!has_descriptor(entry)) {
    if (behind != 0) return broken("gap", fmt::format("{} bytes behind `{}` belong to no record", behind, entry.name));
    return Ruling<PlacedEntry>(PlacedEntry{entry, data_offset});
  }
  constexpr std::uint64_t longest_descriptor = 24;
  std::vector<std::byte> descriptor(static_cast<std::size_t>(std::min(behind, longest_descriptor + 1)));
  TORCHUP_TRY_ASSIGN(const std::size_t read, file.read_at(data_offset + entry.compressed_size, descriptor));
  descriptor.resize(read);
  if (auto kept = check_descriptor(descriptor, entry); !kept) return Ruling<PlacedEntry>(tl::unexpected(std::move(kept).error()));
  return Ruling<PlacedEntry>(PlacedEntry{entry, data_offset});
}

Result<Ruling<ZipFrame>> read_frame(const ByteSource& file) {
  TORCHUP_TRY_ASSIGN(const std::uint64_t file_size, file.size());
  TORCHUP_TRY_ASSIGN(Ruling<ZipDirectory> directory, read_directory(file, file_size));
  if (!directory) return Ruling<ZipFrame>(tl::unexpected(std::move(directory).error()));
  if (auto kept = check_directory(*directory); !kept) return Ruling<ZipFrame>(tl::unexpected(std::move(kept).error()));

  std::vector<ZipEntry>& entries = directory->entries;
  std::ranges::stable_sort(entries, {}, &ZipEntry::header_offset);
  const std::uint64_t first = entries.empty() ? directory->offset : entries.front().header_offset;
  if (first != 0) return broken("gap", fmt::format("{} bytes at the front belong to no record", first));

  ZipFrame frame;
  frame.entries.reserve(entries.size());
  for (std::size_t i = 0; i < entries.size(); ++i) {
    const std::uint64_t end = i + 1 < entries.size() ? entries[i + 1].header_offset : directory->offset;
    frame.total_size += entries[i].size;
    frame.entries.push_back({std::move(entries[i]), end});
  }
  return frame;
}

Result<Ruling<ZipLayout>> frame_archive(const ByteSource& file) {
  TORCHUP_TRY_ASSIGN(const Ruling<ZipFrame> frame, read_frame(file));
  if (!frame) return Ruling<ZipLayout>(tl::unexpected(frame.error()));
  ZipLayout layout{.entries = {}, .total_size = frame->total_size};
  layout.entries.reserve(frame->entries.size());
  for (const FramedEntry& framed : frame->entries) {
    TORCHUP_TRY_ASSIGN(Ruling<PlacedEntry> placed, place_entry(file, framed));
    if (!placed) return Ruling<ZipLayout>(tl::unexpected(std::move(placed).error()));
    layout.entries.push_back(*std::move(placed));
  }
  return layout;
}

}  // namespace torchup
