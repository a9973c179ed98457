#include "resolver/inputs/unicode_text.hpp"

#include <algorithm>
#include <array>
#include <cstdint>

namespace torchup {
namespace {

using namespace std::string_view_literals;

/// What ends a line for str.splitlines. "\r\n" stands before "\r": the first that fits counts.
constexpr std::array k_line_ends{"\n"sv,   "\r\n"sv, "\r"sv,       "\v"sv,           "\f"sv,          "\x1C"sv,
                                 "\x1D"sv, "\x1E"sv, "\xC2\x85"sv, "\xE2\x80\xA8"sv, "\xE2\x80\xA9"sv};

/// What str.isspace knows.
constexpr std::array k_spaces{" "sv,
                              "\t"sv,
                              "\n"sv,
                              "\r"sv,
                              "\v"sv,
                              "\f"sv,
                              "\x1C"sv,
                              "\x1D"sv,
                              "\x1E"sv,
                              "\x1F"sv,
                              "\xC2\x85"sv,
                              "\xC2\xA0"sv,
                              "\xE1\x9A\x80"sv,
                              "\xE2\x80\x80"sv,
                              "\xE2\x80\x81"sv,
                              "\xE2\x80\x82"sv,
                              "\xE2\x80\x83"sv,
                              "\xE2\x80\x84"sv,
                              "\xE2\x80\x85"sv,
                              "\xE2\x80\x86"sv,
                              "\xE2\x80\x87"sv,
                              "\xE2\x80\x88"sv,
                              "\xE2\x80\x89"sv,
                              "\xE2\x80\x8A"sv,
                              "\xE2\x80\xA8"sv,
                              "\xE2\x80\xA9"sv,
                              "\xE2\x80\xAF"sv,
                              "\xE2\x81\x9F"sv,
                              "\xE3\x80\x80"sv};

std::size_t line_end(std::string_view text) {
  const auto end = std::find_if(k_line_ends.begin(), k_line_ends.end(), [&](std::string_view one) { return text.starts_with(one); });
  return end == k_line_ends.end() ? 0 : end->size();
}

}  // namespace

std::size_t leading_space(std::string_view text) {
  std::size_t length = 0;
  for (;;) {
    const auto rest = text.substr(length);
    const auto space = std::find_if(k_spaces.begin(), k_spaces.end(), [&](std::string_view one) { return rest.starts_with(one); });
    if (space == k_spaces.end()) return length;
    length += space->size();
  }
}

std::size_t last_space(std::string_view text) {
  const auto space = std::find_if(k_spaces.begin(), k_spaces.end(), [&](std::string_view one) { return text.ends_with(one); });
  return space == k_spaces.end() ? 0 : space->size();
}

std::string_view without_outer_space(std::string_view text) {
  text.remove_prefix(leading_space(text));
  while (const std::size_t length = last_space(text)) text.remove_suffix(length);
  return text;
}

std::string_view take_line(std::string_view& text) {
  std::size_t end = 0;
  while (end < text.size() && line_end(text.substr(end)) == 0) ++end;
  const auto line = text.substr(0, end);
  text.remove_prefix(end + (end < text.size() ? line_end(text.substr(end)) : 0));
  return line;
}

void append_utf8(std::string& text, char32_t point) {
  const auto add = [&](char32_t byte) { text += static_cast<char>(byte); };
  if (point < 0x80) {
    add(point);
  } else if (point < 0x800) {
    add(0xC0 | (point >> 6));
    add(0x80 | (point & 0x3F));
  } else if (point < 0x10000) {
    add(0xE0 | (point >> 12));
    add(0x80 | ((point >> 6) & 0x3F));
    add(0x80 | (point & 0x3F));
  } else {
    add(0xF0 | (point >> 18));
    add(0x80 | ((point >> 12) & 0x3F));
    add(0x80 | ((point >> 6) & 0x3F));
    add(0x80 | (point & 0x3F));
  }
}

}  // namespace torchup
