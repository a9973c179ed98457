#include "resolver/lock/toml_emit.hpp"

#include "torchup/core/utf8.hpp"

#include <fmt/format.h>

#include <cstdint>

namespace torchup {
namespace {

std::string escaped(char c) {
  switch (c) {
    case '"':
      return "\\\"";
    case '\\':
      return "\\\\";
    case '\n':
      return "\\n";
    case '\t':
      return "\\t";
    case '\r':
      return "\\r";
    default:
      break;
  }
  const auto byte = static_cast<std::uint8_t>(c);
  return byte < 0x20 || byte == 0x7F ? fmt::format("\\u{:04X}", byte) : std::string(1, c);
}

}  // namespace

std::string toml_string(std::string_view text) {
  std::string result = "\"";
  while (!text.empty()) {
    const std::string_view before = text;
    if (!take_code_point(text)) {
      result += "\xEF\xBF\xBD";
      text.remove_prefix(1);
      continue;
    }
    const std::string_view point = before.substr(0, before.size() - text.size());
    result += point.size() == 1 ? escaped(point.front()) : std::string(point);
  }
  return result + '"';
}

std::string toml_strings(const std::vector<std::string>& texts) {
  std::string result = "[";
  for (const std::string& text : texts) {
    if (result.size() > 1) result += ", ";
    result += toml_string(text);
  }
  return result + "]";
}

}  // namespace torchup
