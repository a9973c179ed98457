#pragma once
// Runs a reporting child and turns however it ends into checks: those that it finished, and one that fails for the check
// that was running when it crashed, hung or gave up.

#include "torchup/kernels/validation_report.hpp"

#include "src/validate/child/child_process.hpp"

#include <string>

namespace torchup {

struct Reporter {
  ChildCommand command;
  std::string engine;       ///< For the check that stands for a crash.
  std::string first_check;  ///< Blamed where the child ends before it began any.
  std::string first_level;
};

/// Adds the child's checks and facts to the report, and gives whether it came to the end of its list. Fails as `run_child` does.
Result<bool> run_reporter(const Reporter& reporter, const Cancellation& cancellation, ValidationReport& report);

}  // namespace torchup
