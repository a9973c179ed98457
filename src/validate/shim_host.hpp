#pragma once
// The engine "torch-c": a child process, this same program started again with a hidden command, that loads the installed
// libtorch without Python and judges its operators against our references. The main program calls `run_shim_host` for
// the hidden command; `validate_environment` starts it.

#include "torchup/core/result.hpp"

#include "src/validate/child/run_reporter.hpp"

#include <chrono>
#include <filesystem>
#include <span>
#include <string>
#include <vector>

namespace torchup {

/// The hidden command: `torchup shim-host LIBRARY_FOLDER SITE_PACKAGES CHECK...`.
constexpr const char* k_shim_host_command = "shim-host";

/// Loads torch and runs the named checks, one report line each on descriptor 3; gives the process's exit status. `arguments`
/// are what follows the command's name. Only for the child: torch stays loaded and may end the process at any time.
int run_shim_host(std::span<const std::string> arguments);

/// The checks that there are: one for each case of each kernel, "matmul-512x512".
std::vector<std::string> shim_check_ids();

/// Where a torch lies that is loaded without Python.
struct TorchPlace {
  std::filesystem::path library_folder;  ///< torch/lib, or the lib of a LibTorch folder.
  std::filesystem::path site_packages;  ///< Where its metadata lies, and NVIDIA's wheels; a LibTorch folder has their libraries in its own.
};

/// Of a site-packages.
inline TorchPlace torch_place(const std::filesystem::path& site_packages) { return {site_packages / "torch" / "lib", site_packages}; }

/// How the parent starts it: one thread for each operator, without LD_PRELOAD and LD_LIBRARY_PATH, so that the libraries
/// are those of the environment.
Reporter shim_host_reporter(const std::filesystem::path& self_program, const TorchPlace& torch, const std::vector<std::string>& ids,
                            std::chrono::milliseconds limit);

/// Runs the checks and adds them to the report. A check that ends the process or hangs fails by name, and the checks after
/// it run in a fresh one. `limit` is for each process. Fails as `run_child` does.
Status run_shim_checks(const std::filesystem::path& self_program, const TorchPlace& torch, std::vector<std::string> ids,
                       std::chrono::milliseconds limit, const Cancellation& cancellation, ValidationReport& report);

}  // namespace torchup
