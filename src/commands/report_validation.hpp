#pragma once
// How `verify` and `libtorch verify` end: what was found is recorded, printed, and becomes the exit code.

#include "torchup/install/environment.hpp"
#include "torchup/kernels/validation_report.hpp"

#include "src/commands/application.hpp"

namespace torchup {

/// 0 for an environment that is healthy, else 1. It must have a current generation. A ledger that cannot be written is a note.
int report_validation(Application& application, const Environment& environment, const ValidationReport& report);

}  // namespace torchup
