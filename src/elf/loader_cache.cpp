#include "src/elf/loader_cache.hpp"

#include <cstdint>
#include <cstring>
#include <optional>

namespace torchup {

namespace {

constexpr std::string_view k_magic = "glibc-ld.so.cache1.1";
constexpr std::size_t k_header_size = 48;
constexpr std::size_t k_entry_size = 24;

std::uint32_t number_at(std::string_view bytes, std::size_t offset) {
  std::uint32_t value = 0;
  std::memcpy(&value, bytes.data() + offset, sizeof(value));
  return value;
}

std::optional<std::string_view> text_at(std::string_view bytes, std::size_t offset) {
  if (offset >= bytes.size()) return std::nullopt;
  const std::size_t end = bytes.find('\0', offset);
  if (end == std::string_view::npos) return std::nullopt;
  return bytes.substr(offset, end - offset);
}

tl::unexpected<Error> malformed() { return failure({ErrorKind::integrity, "the loader's cache is not in a form that is known", {}, {}}); }

}  // namespace

Result<LoaderCache> parse_loader_cache(std::string_view bytes) {
  // Older systems write a cache in the oldest form before this one; offsets count from this one's start.
  const std::size_t start = bytes.find(k_magic);
  if (start == std::string_view::npos) return malformed();
  bytes.remove_prefix(start);
  if (bytes.size() < k_header_size) return malformed();
  const std::size_t count = number_at(bytes, k_magic.size());
  if (count > (bytes.size() - k_header_size) / k_entry_size) return malformed();

  LoaderCache cache;
  for (std::size_t i = 0; i < count; ++i) {
    const std::size_t entry = k_header_size + i * k_entry_size;  // flags, key, value, OS version, hardware capabilities
    const auto name = text_at(bytes, number_at(bytes, entry + 4));
    const auto path = text_at(bytes, number_at(bytes, entry + 8));
    if (!name || !path) return malformed();
    cache[std::string(*name)].emplace_back(*path);
  }
  return cache;
}

}  // namespace torchup
