#include "src/doctor/remedies.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <system_error>

namespace torchup {
namespace {

std::string joined_words(const std::vector<std::string>& words) {
  std::string text;
  for (const std::string& word : words) text += (text.empty() ? "" : " ") + shell_word(word);
  return text;
}

}  // namespace

std::string shell_word(std::string_view text) {
  const auto plain = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           std::string_view("@%+=:,./-_~").find(c) != std::string_view::npos;
  };
  if (!text.empty() && text.front() != '~' && std::ranges::all_of(text, plain)) return std::string(text);
  std::string quoted = "'";
  for (const char c : text) quoted += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return quoted + "'";
}

std::vector<std::string> install_remedy(const InstalledEnvironment& environment, const std::vector<std::string>& requirements) {
  const std::string packages = joined_words(requirements);
  if (environment.kind == "torchup") return {fmt::format("`torchup install {} --env {}`", packages, shell_word(environment.root.string()))};
  const std::string python = shell_word(environment.python.string());
  if (environment.find("pip") != nullptr) return {fmt::format("`{} -m pip install {}`", python, packages)};
  return {fmt::format("`uv pip install --python {} {}`", python, packages)};
}

std::vector<std::string> remake_remedy(const InstalledEnvironment& environment, const std::vector<std::string>& requirements) {
  const std::string root = shell_word(environment.root.string());
  if (remake_fix(environment)) return {fmt::format("`torchup doctor --fix --env {}` makes a new generation from its own lock", root)};
  if (environment.kind == "torchup") return {fmt::format("`torchup rollback --env {}`", root)};
  const std::string python = shell_word(environment.python.string());
  const std::string packages = joined_words(requirements);
  if (environment.find("pip") != nullptr) return {fmt::format("`{} -m pip install --force-reinstall --no-deps {}`", python, packages)};
  return {fmt::format("`uv pip install --python {} --reinstall --no-deps {}`", python, packages)};
}

std::optional<Fix> remake_fix(const InstalledEnvironment& environment) {
  std::error_code error;
  const bool has_lock = environment.kind == "torchup" && std::filesystem::exists(environment.root / "current" / "pylock.toml", error);
  return has_lock ? std::optional(Fix{.kind = Fix::Kind::new_generation, .path = environment.root}) : std::nullopt;
}

}  // namespace torchup
