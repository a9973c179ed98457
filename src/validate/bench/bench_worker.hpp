#pragma once
// The workers that measure: this same program started again with a hidden command for our own kernels, the system's BLAS and torch
// without Python; and the environment's interpreter for torch with it. `run_bench` starts them, the main program calls
// `run_bench_worker` for the hidden command.

#include "src/validate/bench/worker_process.hpp"

#include <filesystem>
#include <optional>
#include <span>
#include <string>

namespace torchup {

/// The hidden command: `torchup bench-worker native|blas`, `torchup bench-worker torch-c LIBRARY_FOLDER SITE_PACKAGES`.
constexpr const char* k_bench_worker_command = "bench-worker";

/// Answers requests until there are no more; gives the process's exit status. `arguments` are what follows the command's name.
/// Only for the child: torch stays loaded and may end the process at any time.
int run_bench_worker(std::span<const std::string> arguments);

/// What a worker is started with. All on one processor, with one thread for each operator and without LD_PRELOAD and
/// LD_LIBRARY_PATH, so that two of them differ in nothing but what is measured.
WorkerCommand worker_command(const std::filesystem::path& self_program, const std::string& engine, std::optional<unsigned> processor);
WorkerCommand torch_worker_command(const std::filesystem::path& self_program, const std::filesystem::path& site_packages,
                                   std::optional<unsigned> processor);

/// With as many threads as the user would have where no processor is named.
WorkerCommand python_worker_command(const std::filesystem::path& python, std::optional<unsigned> processor);

}  // namespace torchup
