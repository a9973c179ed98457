#pragma once
// Proves that a LibTorch folder is whole (`files`), is for this machine and loads (`load`), computes right without Python (`numeric`), and
// that a program can be built against it (`build`). The pipeline and `torchup libtorch verify` call it.

#include "torchup/core/cancellation.hpp"
#include "torchup/core/diagnostics.hpp"
#include "torchup/core/result.hpp"
#include "torchup/kernels/validation_report.hpp"
#include "torchup/resolver/native_archive.hpp"

#include "src/libtorch/build_arguments.hpp"

#include <chrono>
#include <filesystem>
#include <string>
#include <vector>

namespace torchup {

/// What is to be validated, and what it is said to be.
struct NativeTarget {
  BuildTree tree;                      ///< Its root, release and ABI; what is not known is not compared.
  NativeBuild build;                   ///< What every file in it must be built for.
  std::filesystem::path records;       ///< Where its packages' RECORDs lie.
  std::filesystem::path self_program;  ///< This program, to start the shim host from.
};

struct NativeLimits {
  std::chrono::milliseconds shim{120'000};   ///< For torch's operators.
  std::chrono::milliseconds build{600'000};  ///< For each of configuring, building and running.
  unsigned threads = 0;                      ///< That hash files; 0 is one for each core.
};

/// "files", "load", "numeric", "build", in the order in which they run.
const std::vector<std::string>& native_levels();

/// Runs the named levels, each once. What is built for another system or machine than this one is not run: those checks are skipped, with
/// the reason. An unknown level is ErrorKind::usage, a process that cannot be started ErrorKind::host, Ctrl-C ErrorKind::interrupted.
Result<ValidationReport> validate_native(const NativeTarget& target, const std::vector<std::string>& levels, Diagnostics& diagnostics,
                                         const Cancellation& cancellation, const NativeLimits& limits = {});

}  // namespace torchup
