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
  std::error_code error;
  const std::string python = shell_word(environment.python.string());
  if (environment.find("pip") != nullptr) return {fmt::format("`{} -m pip install {}`", python, packages)};
  return {fmt::format("`uv pip install --python {} {}`", python, packages)};
}

std::vector<std::string> remake_remedy(const InstalledEnvironment& environment, const std::vector<std::string>& requirements) {
  const std::string root = shell_word(environment.root.string());
  if (environment.kind == "torchup") {
    std::error_code error;
    const auto lock = environment.root / "current" / "pylock.toml";
    std::vector<std::string> remedies{fmt::format("`torchup doctor --fix --env {}` makes a new generation from the same wheels", root)};
    if (!std::filesystem::exists(lock, error)) remedies.front() = fmt::format("`torchup rollback --env {}`", root);
    return remedies;
  }
  std::error_code error;
  const std::string python = shell_word(environment.python.string());
  const std::string packages = joined_words(requirements);
  if (environment.find("pip") != nullptr) return {fmt::format("`{} -m pip install --force-reinstall --no-deps {}`", python, packages)};
  return {fmt::format("`uv pip install --python {} --reinstall --no-deps {}`", python, packages)};
}

}  // namespace torchup
