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

namespace torchup {

/// The hidden command: `torchup shim-host LIBRARY_FOLDER SITE_PACKAGES`.
constexpr const char* k_shim_host_command = "shim-host";

/// Loads torch and runs every kernel, one report line each on descriptor 3; gives the process's exit status. `arguments`
/// are what follows the command's name. Only for the child: torch stays loaded and may end the process at any time.
int run_shim_host(std::span<const std::string> arguments);

/// How the parent starts it: one thread for each operator, without LD_PRELOAD and LD_LIBRARY_PATH, so that the libraries
/// are those of the environment.
Reporter shim_host_reporter(const std::filesystem::path& self_program, const std::filesystem::path& site_packages,
                            std::chrono::milliseconds limit);

}  // namespace torchup
