#pragma once
// Builds a small program against a LibTorch folder, as a user would, and runs it: that headers, libraries and cmake's package go together
// is proven by nothing less. Used by validate_native.

#include "torchup/core/cancellation.hpp"
#include "torchup/core/result.hpp"
#include "torchup/kernels/validation_report.hpp"

#include "src/validate/validate_native.hpp"

#include <chrono>

namespace torchup {

/// Adds `configure`, `compile`, and one check for each thing that the program does: `tensor`, `autograd`, `eigh`, `module`. Skipped where
/// there is no cmake or no compiler; where cmake cannot configure for want of the CUDA toolkit, a plain compiler's line is tried. Fails as
/// `run_child` does, and with ErrorKind::host where no folder can be made to build in.
Status check_build(const NativeTarget& target, std::chrono::milliseconds limit, const Cancellation& cancellation, ValidationReport& report);

}  // namespace torchup
