#include "src/archive/read_entry.hpp"

#include "src/archive/inflate.hpp"
#include "src/archive/local_header.hpp"

#include <fmt/format.h>

namespace torchup {
namespace {

constexpr std::uint64_t k_most_bytes = 64ULL << 20;

Ruling<std::string> rule_on_entry(std::span<const std::byte> bytes, const ZipEntry& entry) {
  TORCHUP_KEEPS(check_method(entry));
  if (entry.size > k_most_bytes) return broken("too-large", fmt::format("`{}` has {} bytes", entry.name, entry.size));
  const auto length = local_header_length(bytes, entry);
  if (!length) return tl::unexpected(length.error());
  if (*length > bytes.size() || entry.compressed_size > bytes.size() - *length) {
    return broken("local-header", fmt::format("`{}` is cut short", entry.name));
  }
  TORCHUP_KEEPS(check_local_header(bytes.first(static_cast<std::size_t>(*length)), entry));

  const auto data = bytes.subspan(static_cast<std::size_t>(*length), static_cast<std::size_t>(entry.compressed_size));
  std::string content;
  if (entry.method == k_zip_stored) {
    content.assign(reinterpret_cast<const char*>(data.data()), data.size());
  } else {
    content.resize(static_cast<std::size_t>(entry.size));
    if (!inflate_exactly(data, std::as_writable_bytes(std::span(content)))) {
      return broken("bad-deflate", fmt::format("the data of `{}` does not inflate to its {} bytes", entry.name, entry.size));
    }
  }
  if (crc32_of(std::as_bytes(std::span(content))) != entry.crc32) {
    return broken("bad-crc", fmt::format("the content of `{}` has another CRC-32", entry.name));
  }
  return content;
}

}  // namespace

Result<std::string> read_entry(std::span<const std::byte> local_header_and_data, const ZipEntry& entry) {
  auto content = rule_on_entry(local_header_and_data, entry);
  if (!content) return failure(to_error(content.error()));
  return *std::move(content);
}

}  // namespace torchup
