#pragma once
// The matrix product as PyTorch's guides time it: in Python, with as many threads as there are, some runs for nothing and the mean
// of ten. It moves by a quarter from run to run on a shared machine, so it is told and never judged. Used by run_bench.cpp.

#include "torchup/core/cancellation.hpp"
#include "torchup/kernels/bench_report.hpp"

#include <filesystem>

namespace torchup {

/// Why it could not be run is in the result; fails as run_rounds does.
Result<GuideResult> run_guide(const std::filesystem::path& python, const Cancellation& cancellation);

}  // namespace torchup
