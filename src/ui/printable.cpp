#include "src/ui/printable.hpp"

#include <fmt/format.h>

#include <cstdint>
#include <optional>

namespace torchup {
namespace {

struct CodePoint {
  std::uint32_t value;
  std::size_t bytes;
};

/// The code point at the text's start (RFC 3629: no overlong forms, no surrogates); nothing where the bytes are invalid.
std::optional<CodePoint> first_code_point(std::string_view text) {
  const auto byte = [&](std::size_t i) { return static_cast<std::uint8_t>(text[i]); };
  if (byte(0) < 0x80) return CodePoint{byte(0), 1};
  const std::size_t bytes = byte(0) >= 0xF0 ? 4 : byte(0) >= 0xE0 ? 3 : 2;
  if (byte(0) < 0xC2 || byte(0) > 0xF4 || text.size() < bytes) return std::nullopt;
  std::uint32_t value = byte(0) & (0xFFU >> (bytes + 1));
  for (std::size_t i = 1; i < bytes; ++i) {
    if ((byte(i) & 0xC0) != 0x80) return std::nullopt;
    value = (value << 6) | (byte(i) & 0x3FU);
  }
  constexpr std::uint32_t k_smallest[] = {0, 0, 0x80, 0x800, 0x10000};
  if (value < k_smallest[bytes] || value > 0x10FFFF || (value >= 0xD800 && value <= 0xDFFF)) return std::nullopt;
  return CodePoint{value, bytes};
}

/// Whether a terminal could be steered or a reader misled by it.
bool is_unsafe(std::uint32_t value) {
  if (value == '\n' || value == '\t') return false;
  if (value < 0x20 || (value >= 0x7F && value <= 0x9F)) return true;       // C0, DEL, C1
  if (value == 0x061C || value == 0x200E || value == 0x200F) return true;  // bidirectional marks
  if ((value >= 0x202A && value <= 0x202E) || (value >= 0x2066 && value <= 0x2069)) return true;
  return value == 0x2028 || value == 0x2029 || value == 0xFEFF;
}

}  // namespace

std::string printable(std::string_view text, std::size_t limit) {
  std::string result;
  result.reserve(text.size());
  while (!text.empty()) {
    if (result.size() >= limit) return result + "…";
    const auto point = first_code_point(text);
    if (!point) {
      result += fmt::format("\\u{{{:02x}}}", static_cast<std::uint8_t>(text.front()));
      text.remove_prefix(1);
      continue;
    }
    if (is_unsafe(point->value)) {
      result += fmt::format("\\u{{{:x}}}", point->value);
    } else {
      result += text.substr(0, point->bytes);
    }
    text.remove_prefix(point->bytes);
  }
  return result;
}

std::size_t columns(std::string_view text) {
  std::size_t count = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\x1b') {
      while (i < text.size() && text[i] != 'm') ++i;
    } else if ((static_cast<std::uint8_t>(text[i]) & 0xC0) != 0x80) {
      ++count;
    }
  }
  return count;
}

}  // namespace torchup
