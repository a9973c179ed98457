#include "src/doctor/report_packages.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace torchup {
namespace {

bool is_relevant(std::string_view name) {
  constexpr std::array<std::string_view, 18> k_parts = {"torch",  "numpy", "triton",      "nvidia-",   "cuda-",  "rocm",
                                                        "intel-", "mkl",   "onnx",        "openmp",    "optree", "magma",
                                                        "cudnn",  "nccl",  "cudatoolkit", "functorch", "xpu",    "scipy"};
  return std::ranges::any_of(k_parts, [&](std::string_view part) { return name.find(part) != std::string_view::npos; });
}

}  // namespace

std::vector<std::string> relevant_packages(const InstalledEnvironment& environment) {
  constexpr std::array<std::string_view, 4> k_usual = {"", "pip", "uv", "torchup"};
  std::vector<std::string> lines;
  for (const Distribution& distribution : environment.distributions) {
    if (!is_relevant(distribution.name)) continue;
    std::string line = fmt::format("{}=={}", distribution.name, distribution.version);
    if (std::ranges::find(k_usual, distribution.installer) == k_usual.end()) line += fmt::format(" (by {})", distribution.installer);
    lines.push_back(std::move(line));
  }
  return lines;
}

std::map<std::string, std::string> conda_packages(const std::filesystem::path& root) {
  constexpr std::string_view k_end = ".json";
  std::map<std::string, std::string> packages;
  for (const std::string& file : names_in(root / "conda-meta")) {
    if (!file.ends_with(k_end)) continue;
    // NAME-VERSION-BUILD.json
    const std::string stem = file.substr(0, file.size() - k_end.size());
    const auto build = stem.rfind('-');
    const auto version = build == std::string::npos || build == 0 ? std::string::npos : stem.rfind('-', build - 1);
    if (version == std::string::npos || version == 0) continue;
    packages.emplace(stem.substr(0, version), stem.substr(version + 1, build - version - 1));
  }
  return packages;
}

std::vector<std::string> relevant_conda_packages(const InstalledEnvironment& environment) {
  std::vector<std::string> lines;
  for (const auto& [name, version] : conda_packages(environment.root)) {
    if (is_relevant(name)) lines.push_back(fmt::format("{} {}", name, version));
  }
  return lines;
}

}  // namespace torchup
