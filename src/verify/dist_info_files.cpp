#include "src/verify/dist_info_files.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <string>

namespace torchup {
namespace {

constexpr std::size_t k_longest_script_name = 200;

std::string_view take_line(std::string_view& text) {
  const std::size_t end = std::min(text.find('\n'), text.size());
  std::string_view line = text.substr(0, end);
  text.remove_prefix(std::min(end + 1, text.size()));
  if (line.ends_with('\r')) line.remove_suffix(1);
  return line;
}

std::string_view trimmed(std::string_view text) {
  const std::size_t first = text.find_first_not_of(" \t");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

std::string lower(std::string_view text) {
  std::string lowered(text);
  for (char& letter : lowered) {
    if (letter >= 'A' && letter <= 'Z') letter = static_cast<char>(letter - 'A' + 'a');
  }
  return lowered;
}

/// A header's only value before the first empty line; nothing where it is missing or doubled.
std::optional<std::string_view> only_header(std::string_view text, std::string_view name) {
  std::optional<std::string_view> value;
  while (!text.empty()) {
    const std::string_view line = take_line(text);
    if (line.empty()) break;
    const std::size_t colon = line.find(':');
    if (colon == std::string_view::npos || lower(line.substr(0, colon)) != name) continue;
    if (value) return std::nullopt;
    value = trimmed(line.substr(colon + 1));
  }
  return value;
}

bool is_identifier(std::string_view text) {
  const auto fits = [](char letter) {
    return letter == '_' || (letter >= '0' && letter <= '9') || (letter >= 'a' && letter <= 'z') || (letter >= 'A' && letter <= 'Z') ||
           static_cast<unsigned char>(letter) >= 0x80;  // Python allows letters of other scripts
  };
  return !text.empty() && !(text.front() >= '0' && text.front() <= '9') && std::ranges::all_of(text, fits);
}

bool is_dotted_name(std::string_view text) {
  while (true) {
    const std::size_t dot = text.find('.');
    if (!is_identifier(text.substr(0, dot))) return false;
    if (dot == std::string_view::npos) return true;
    text.remove_prefix(dot + 1);
  }
}

/// `module.path:object.path`, extras in brackets allowed behind it (packaging.python.org "entry points").
bool is_object_reference(std::string_view text) {
  const std::size_t bracket = text.find('[');
  if (bracket != std::string_view::npos && !text.ends_with(']')) return false;
  text = trimmed(text.substr(0, bracket));
  const std::size_t colon = text.find(':');
  return colon != std::string_view::npos && is_dotted_name(trimmed(text.substr(0, colon))) &&
         is_dotted_name(trimmed(text.substr(colon + 1)));
}

/// The interpreter's names and the activate scripts, which an environment has of its own.
bool is_reserved(std::string_view name) {
  const std::string lowered = lower(name);
  if (lowered == "activate" || lowered.starts_with("activate.") || lowered == "activate_this.py") return true;
  for (const std::string_view interpreter : {"pythonw", "python"}) {
    if (!lowered.starts_with(interpreter)) continue;
    return lowered.find_first_not_of("0123456789.", interpreter.size()) == std::string::npos;
  }
  return false;
}

bool is_safe_script_name(std::string_view name) {
  const auto is_unsafe = [](char letter) {
    return letter == '/' || letter == '\\' || static_cast<unsigned char>(letter) < 0x20 || letter == 0x7f;
  };
  return !name.empty() && name.size() <= k_longest_script_name && !name.starts_with('.') && std::ranges::none_of(name, is_unsafe);
}

Ruling<void> check_script(std::string_view line) {
  const std::size_t equals = line.find('=');
  if (equals == std::string_view::npos) return broken("entry-point", fmt::format("`{}` is no script", line));
  const std::string_view name = trimmed(line.substr(0, equals));
  const std::string_view target = trimmed(line.substr(equals + 1));
  if (!is_safe_script_name(name)) return broken("entry-point", fmt::format("`{}` is no name for a script", name));
  if (is_reserved(name)) return broken("entry-point", fmt::format("a script may not be called `{}`", name));
  if (!is_object_reference(target)) return broken("entry-point", fmt::format("`{}` runs `{}`, which names no object", name, target));
  return {};
}

}  // namespace

Ruling<void> check_wheel_file(std::string_view text) {
  const auto version = only_header(text, "wheel-version");
  if (!version) return broken("wheel-version", "WHEEL does not say it once");
  if (!version->starts_with("1.") || version->size() < 3) return broken("wheel-version", fmt::format("`{}` is not 1.x", *version));
  return {};
}

Ruling<void> check_metadata(std::string_view text, const PackageName& name, const Version& version) {
  const auto said_name = only_header(text, "name");
  const auto said_version = only_header(text, "version");
  if (!said_name || !said_version) return broken("metadata", "METADATA does not say Name and Version once each");
  const auto parsed_name = PackageName::parse(*said_name);
  if (!parsed_name || *parsed_name != name)
    return broken("metadata", fmt::format("METADATA names `{}`, not `{}`", *said_name, name.text()));
  const auto parsed_version = Version::parse(*said_version);
  if (!parsed_version || *parsed_version != version) {
    return broken("metadata", fmt::format("METADATA is of version `{}`, not `{}`", *said_version, version.text()));
  }
  return {};
}

Ruling<void> check_entry_points(std::string_view text) {
  bool in_scripts = false;
  while (!text.empty()) {
    const std::string_view line = trimmed(take_line(text));
    if (line.empty() || line.front() == '#' || line.front() == ';') continue;
    if (line.front() == '[') {
      in_scripts = line == "[console_scripts]" || line == "[gui_scripts]";
      continue;
    }
    if (in_scripts) TORCHUP_KEEPS(check_script(line));
  }
  return {};
}

}  // namespace torchup
