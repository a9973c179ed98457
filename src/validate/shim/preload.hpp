#pragma once
// What must be in the process before libtorch_cpu.so, so that it finds the same libraries as under Python.

#include "torchup/core/result.hpp"

#include <filesystem>

namespace torchup {

/// Loads libtorch_global_deps.so, and the libraries of the NVIDIA wheels where torch itself would load them. A torch
/// without either file needs neither. ErrorKind::validation with the loader's own message where it cannot be done.
Status preload_torch_dependencies(const std::filesystem::path& library_folder, const std::filesystem::path& site_packages);

}  // namespace torchup
