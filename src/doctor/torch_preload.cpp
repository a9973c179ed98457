#include "src/doctor/torch_preload.hpp"

#include "torchup/doctor/installed_environment.hpp"

#include <algorithm>

namespace torchup {
namespace {

/// The text of a function at the top level, up to the next line that is not indented.
std::string_view function_in(std::string_view source, std::string_view name) {
  const std::string head = "\ndef " + std::string(name) + "(";
  const auto start = source.find(head);
  if (start == std::string_view::npos) return {};
  std::size_t end = source.find('\n', start + 1);
  while (end != std::string_view::npos && end + 1 < source.size()) {
    const char next = source[end + 1];
    if (next != ' ' && next != '\n' && next != ')' && next != '#') break;
    end = source.find('\n', end + 1);
  }
  return source.substr(start, end == std::string_view::npos ? end : end - start);
}

/// "libcublas.so." of each "libcublas.so.*[0-9]" between quotes.
std::vector<std::string> patterns_in(std::string_view text) {
  constexpr std::string_view k_pattern = ".so.*[0-9]\"";
  std::vector<std::string> names;
  for (auto at = text.find(k_pattern); at != std::string_view::npos; at = text.find(k_pattern, at + 1)) {
    const auto quote = text.rfind('"', at);
    if (quote == std::string_view::npos || at - quote > 64) continue;
    names.push_back(std::string(text.substr(quote + 1, at - quote - 1)) + ".so.");
  }
  return names;
}

}  // namespace

std::vector<std::string> preloaded_names(std::string_view init) {
  const std::string_view loading = function_in(init, "_load_global_deps");
  auto names = patterns_in(loading);  // releases that load a few by name
  if (loading.find("_preload_cuda_deps(required=False)") == std::string_view::npos) return names;
  const auto all = patterns_in(function_in(init, "_preload_cuda_deps"));
  names.insert(names.end(), all.begin(), all.end());
  return names;
}

std::optional<std::filesystem::path> wheel_library(const std::filesystem::path& site_packages, const std::string& beginning) {
  for (const std::string& package : names_in(site_packages / "nvidia")) {
    const auto folder = site_packages / "nvidia" / package / "lib";
    for (const std::string& name : names_in(folder)) {
      if (name.starts_with(beginning)) return folder / name;
    }
  }
  return std::nullopt;
}

}  // namespace torchup
