#include "src/index/pip_settings.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

namespace torchup {
namespace {

bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_blank(text.back())) text.remove_suffix(1);
  return text;
}

/// Takes the next line off the text.
std::string_view next_line(std::string_view& rest) {
  const auto end = std::min(rest.find('\n'), rest.size());
  const auto line = rest.substr(0, end);
  rest.remove_prefix(std::min(end + 1, rest.size()));
  return line;
}

bool names_key(std::string_view written, std::string_view key) {
  return std::equal(written.begin(), written.end(), key.begin(), key.end(), [](char a, char b) { return (a == '_' ? '-' : a) == b; });
}

/// Every pip.conf that pip would read, the strongest first.
std::vector<std::string> pip_conf_paths(HostSystem& host) {
  std::vector<std::string> paths;
  const auto add = [&](const char* variable, const char* below) {
    if (const auto value = host.environment(variable)) paths.push_back(*value + below);
  };
  add("PIP_CONFIG_FILE", "");
  add("VIRTUAL_ENV", "/pip.conf");
  add("XDG_CONFIG_HOME", "/pip/pip.conf");
  if (!host.environment("XDG_CONFIG_HOME")) add("HOME", "/.config/pip/pip.conf");
  add("HOME", "/.pip/pip.conf");
  paths.emplace_back("/etc/xdg/pip/pip.conf");
  paths.emplace_back("/etc/pip.conf");
  return paths;
}

std::optional<PipSetting> variable_setting(HostSystem& host, const std::string& variable) {
  auto value = host.environment(variable);
  if (!value || trimmed(*value).empty()) return std::nullopt;
  return PipSetting{std::string(trimmed(*value)), fmt::format("`{}`", variable)};
}

}  // namespace

std::optional<std::string> pip_conf_value(std::string_view text, std::string_view key) {
  std::string by_section[2];
  bool in_value = false;           // an indented line goes on with it
  std::string* open = nullptr;     // that value, where it is of the key
  std::string* section = nullptr;  // [global]'s or [install]'s
  for (std::string_view rest = text; !rest.empty();) {
    const auto whole = next_line(rest);
    const auto line = trimmed(whole);
    if (line.empty() || line.front() == '#' || line.front() == ';') continue;
    if (in_value && is_blank(whole.front())) {
      if (open != nullptr) *open += (open->empty() ? "" : " ") + std::string(line);
      continue;
    }
    open = nullptr;
    in_value = false;
    if (line.front() == '[' && line.back() == ']') {
      const auto name = line.substr(1, line.size() - 2);
      section = name == "install" ? &by_section[0] : name == "global" ? &by_section[1] : nullptr;
      continue;
    }
    const auto equals = line.find_first_of("=:");
    if (section == nullptr || equals == std::string_view::npos) continue;
    in_value = true;
    if (!names_key(trimmed(line.substr(0, equals)), key)) continue;
    *section = trimmed(line.substr(equals + 1));
    open = section;
  }
  for (auto& value : by_section) {
    if (!value.empty()) return std::move(value);
  }
  return std::nullopt;
}

std::optional<PipSetting> pip_conf_setting(HostSystem& host, std::string_view key) {
  for (const std::string& path : pip_conf_paths(host)) {
    const auto text = host.read_file(path);
    if (!text) continue;
    if (auto value = pip_conf_value(*text, key)) return PipSetting{*std::move(value), fmt::format("`{}` in `{}`", key, path)};
  }
  return std::nullopt;
}

std::optional<PipSetting> pip_setting(HostSystem& host, std::string_view key) {
  std::string variable = "PIP_";
  for (const char c : key) variable += c == '-' ? '_' : static_cast<char>(c >= 'a' && c <= 'z' ? c - 'a' + 'A' : c);
  if (auto set = variable_setting(host, variable)) return set;
  return pip_conf_setting(host, key);
}

std::optional<PipSetting> index_beside_main(HostSystem& host) {
  for (const char* variable : {"UV_INDEX", "UV_EXTRA_INDEX_URL"}) {
    if (auto set = variable_setting(host, variable)) return set;
  }
  if (auto set = pip_setting(host, "extra-index-url")) return set;
  return pip_setting(host, "find-links");
}

}  // namespace torchup
