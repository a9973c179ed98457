#pragma once
// Which CUDA libraries an installed torch loads by their paths before its own, so that no other copy takes their place. It is
// written in torch/__init__.py, differs from release to release, and is read there.

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace torchup {

/// The beginnings of their file names in torch's order, "libcublasLt.so.". Empty where the release loads none.
std::vector<std::string> preloaded_names(std::string_view init);

/// The library of that beginning in the NVIDIA wheels of a site-packages: nvidia/*/lib/.
std::optional<std::filesystem::path> wheel_library(const std::filesystem::path& site_packages, const std::string& beginning);

}  // namespace torchup
