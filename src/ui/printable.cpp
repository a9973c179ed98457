#include "src/ui/printable.hpp"

#include "torchup/core/utf8.hpp"

#include <fmt/format.h>

#include <cstdint>

namespace torchup {
namespace {

/// Whether a terminal could be steered or a reader misled by it.
bool is_unsafe(char32_t value) {
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
    const std::string_view before = text;
    const auto point = take_code_point(text);
    if (!point) {
      result += fmt::format("\\u{{{:02x}}}", static_cast<std::uint8_t>(text.front()));
      text.remove_prefix(1);
      continue;
    }
    if (is_unsafe(*point)) {
      result += fmt::format("\\u{{{:x}}}", static_cast<std::uint32_t>(*point));
    } else {
      result += before.substr(0, before.size() - text.size());
    }
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
