#include "src/install/entry_points.hpp"

#include "src/install/script_start.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

namespace torchup {
namespace {

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool is_digit(char c) { return c >= '0' && c <= '9'; }

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view k_blank = " \t\r\f\v";
  const std::size_t from = text.find_first_not_of(k_blank);
  if (from == std::string_view::npos) return {};
  return text.substr(from, text.find_last_not_of(k_blank) - from + 1);
}

bool is_identifier(std::string_view text) {
  if (text.empty() || is_digit(text.front())) return false;
  return std::all_of(text.begin(), text.end(), [](char c) { return is_letter(c) || is_digit(c) || c == '_'; });
}

bool is_dotted_name(std::string_view text) {
  while (true) {
    const std::size_t dot = text.find('.');
    if (!is_identifier(text.substr(0, dot))) return false;
    if (dot == std::string_view::npos) return true;
    text.remove_prefix(dot + 1);
  }
}

/// "module:object [extras]"; the extras say what to install beside it and do not concern the script.
std::optional<EntryPoint> parse_target(std::string_view name, std::string_view target) {
  if (const std::size_t bracket = target.find('['); bracket != std::string_view::npos) {
    if (!target.ends_with(']')) return std::nullopt;
    target = trimmed(target.substr(0, bracket));
  }
  const std::size_t colon = target.find(':');
  if (colon == std::string_view::npos) return std::nullopt;  // a module alone cannot be called
  const std::string_view module = trimmed(target.substr(0, colon));
  const std::string_view object = trimmed(target.substr(colon + 1));
  if (!is_dotted_name(module) || !is_dotted_name(object)) return std::nullopt;
  return EntryPoint{std::string(name), std::string(module), std::string(object)};
}

}  // namespace

bool is_command_name(std::string_view name) {
  if (name.empty() || name.size() > 255 || name.front() == '.' || name.front() == '-') return false;
  return std::all_of(name.begin(), name.end(),
                     [](char c) { return is_letter(c) || is_digit(c) || c == '_' || c == '.' || c == '-' || c == '+'; });
}

Result<std::vector<EntryPoint>> parse_entry_points(std::string_view text) {
  std::vector<EntryPoint> entries;
  bool scripts = false;
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    const std::string_view line = trimmed(text.substr(0, end));
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    if (line.empty() || line.front() == '#' || line.front() == ';') continue;
    if (line.front() == '[' && line.ends_with(']')) {
      const std::string_view group = trimmed(line.substr(1, line.size() - 2));
      scripts = group == "console_scripts" || group == "gui_scripts";
      continue;
    }
    if (!scripts) continue;
    const std::size_t equals = line.find('=');
    const std::string_view name = trimmed(line.substr(0, equals));
    if (equals == std::string_view::npos || !is_command_name(name)) {
      return failure({ErrorKind::integrity, fmt::format("`{}` in entry_points.txt is not the name of a command", name), {}, {}});
    }
    const std::string_view target = trimmed(line.substr(equals + 1));
    std::optional<EntryPoint> entry = parse_target(name, target);
    if (!entry) {
      return failure({ErrorKind::integrity,
                      fmt::format("`{}` in entry_points.txt is not a function that command `{}` can call", target, name),
                      {},
                      {}});
    }
    entries.push_back(*std::move(entry));
  }
  std::sort(entries.begin(), entries.end(), [](const EntryPoint& a, const EntryPoint& b) { return a.name < b.name; });
  const auto twice = std::adjacent_find(entries.begin(), entries.end(), [](const auto& a, const auto& b) { return a.name == b.name; });
  if (twice != entries.end()) {
    return failure({ErrorKind::integrity, fmt::format("command `{}` stands twice in entry_points.txt", twice->name), {}, {}});
  }
  return entries;
}

std::string entry_point_script(const EntryPoint& entry) {
  const std::string_view first = std::string_view(entry.object).substr(0, entry.object.find('.'));
  return fmt::format(
      "{}\n"
      "import sys\n"
      "\n"
      "from {} import {}\n"
      "\n"
      "if __name__ == \"__main__\":\n"
      "    sys.exit({}())\n",
      k_script_start, entry.module, first, entry.object);
}

}  // namespace torchup
