#pragma once
// The level "bench" of validation: a short benchmark of torch, told and not judged. Only what crashes, hangs or computes wrong fails.

#include "torchup/core/cancellation.hpp"
#include "torchup/core/diagnostics.hpp"
#include "torchup/core/result.hpp"
#include "torchup/kernels/validation_report.hpp"

#include <filesystem>

namespace torchup {

/// Adds one check for each timed case of torch without Python. Fails as run_bench does.
Status check_speed(const std::filesystem::path& self_program, const std::filesystem::path& python,
                   const std::filesystem::path& site_packages, Diagnostics& diagnostics, const Cancellation& cancellation,
                   ValidationReport& report);

}  // namespace torchup
