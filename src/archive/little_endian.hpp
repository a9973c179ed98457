#pragma once
// Numbers as ZIP stores them: little-endian at a byte offset. The caller has checked that they lie inside.

#include <cstddef>
#include <cstdint>
#include <span>

namespace torchup {

inline std::uint64_t little_endian(std::span<const std::byte> bytes, std::size_t at, std::size_t width) {
  std::uint64_t value = 0;
  for (std::size_t i = width; i-- > 0;) value = (value << 8) | std::to_integer<std::uint64_t>(bytes[at + i]);
  return value;
}

inline std::uint16_t u16_at(std::span<const std::byte> bytes, std::size_t at) {
  return static_cast<std::uint16_t>(little_endian(bytes, at, 2));
}

inline std::uint32_t u32_at(std::span<const std::byte> bytes, std::size_t at) {
  return static_cast<std::uint32_t>(little_endian(bytes, at, 4));
}

inline std::uint64_t u64_at(std::span<const std::byte> bytes, std::size_t at) { return little_endian(bytes, at, 8); }

}  // namespace torchup
