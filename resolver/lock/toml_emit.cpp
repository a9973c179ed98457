#include "resolver/lock/toml_emit.hpp"

#include "torchup/core/utf8.hpp"

#include <fmt/format.h>

#include <algorithm>
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

std::string toml_key(const std::string& key) {
  const auto is_bare = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
  };
  return !key.empty() && std::all_of(key.begin(), key.end(), is_bare) ? key : toml_string(key);
}

class OneLine {
 public:
  std::string operator()(const std::string& text) const { return toml_string(text); }
  std::string operator()(std::int64_t number) const { return std::to_string(number); }
  std::string operator()(bool truth) const { return truth ? "true" : "false"; }
  std::string operator()(const TomlDateTime& time) const { return time.utc ? time.text : ""; }
  std::string operator()(const TomlOther&) const { return ""; }

  std::string operator()(const TomlArray& values) const {
    std::string result;
    for (const TomlValue& value : values) add(result, "", value);
    return "[" + result + "]";
  }
  std::string operator()(const TomlTable& table) const {
    std::string result;
    for (const TomlEntry& entry : table.entries) add(result, toml_key(entry.key) + " = ", entry.value);
    return "{" + result + "}";
  }

 private:
  static void add(std::string& list, const std::string& before, const TomlValue& value) {
    const std::string text = toml_value(value);
    if (!text.empty()) list += (list.empty() ? "" : ", ") + before + text;
  }
};

}  // namespace

std::string toml_value(const TomlValue& value) { return std::visit(OneLine(), value.data); }

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
