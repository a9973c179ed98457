#pragma once
// Proves that an installed environment is whole (`files`), loads (`load`), computes right (`numeric`), and tells what it is able to
// do (`features`). The one function of this folder that the pipeline and `torchup verify` call.

#include "torchup/core/cancellation.hpp"
#include "torchup/core/diagnostics.hpp"
#include "torchup/core/result.hpp"
#include "torchup/kernels/validation_report.hpp"

#include <chrono>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

namespace torchup {

/// What is to be validated; all paths absolute.
struct ValidationTarget {
  std::filesystem::path python;             ///< The environment's own interpreter.
  std::filesystem::path site_packages;      ///< Where its packages lie.
  std::filesystem::path root;               ///< The environment's folder: no listed file may lie outside it.
  std::filesystem::path self_program;       ///< This program, to start the shim host from.
  std::function<void()> after_python = {};  ///< Called once the environment's own interpreter has ended, while other checks follow.
};

struct ValidationLimits {
  std::chrono::milliseconds python{300'000};   ///< For imports and operators under Python.
  std::chrono::milliseconds shim{120'000};     ///< For torch's operators without Python.
  std::chrono::milliseconds feature{600'000};  ///< For each feature.
  unsigned threads = 0;                        ///< That hash files; 0 is one for each core.
};

/// The levels that there are, in the order in which they run.
const std::vector<std::string>& validation_levels();

/// Runs the named levels, each once, in their own order. What is wrong with the environment is in the report; an unknown
/// level is ErrorKind::usage, a process that cannot be started ErrorKind::host, the user's Ctrl-C ErrorKind::interrupted.
Result<ValidationReport> validate_environment(const ValidationTarget& target, const std::vector<std::string>& levels,
                                              Diagnostics& diagnostics, const Cancellation& cancellation,
                                              const ValidationLimits& limits = {});

}  // namespace torchup
