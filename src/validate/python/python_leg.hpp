#pragma once
// The engine "torch-python": the environment's own interpreter, isolated, runs scripts of ours. The truest proof that the install
// works: the same import path as the user's. Called by `validate_environment`.

#include "torchup/core/cancellation.hpp"
#include "torchup/core/diagnostics.hpp"
#include "torchup/core/result.hpp"
#include "torchup/kernels/validation_report.hpp"

#include <chrono>
#include <filesystem>
#include <string>
#include <vector>

namespace torchup {

/// Runs "load" (imports) and "numeric" (operators under Python) in one interpreter, since importing torch is what takes the time,
/// and adds their checks to the report. A check that ends the process or hangs fails by name, and those after it run in a fresh
/// one; `limit` is for each process. Bytecode is written, so that the user's first import is quick already. Fails as `run_child`
/// does, and with ErrorKind::host where the scripts cannot be written.
Status run_python_checks(const std::filesystem::path& python, const std::vector<std::string>& levels, std::chrono::milliseconds limit,
                         const Cancellation& cancellation, ValidationReport& report);

/// Runs each feature in an interpreter of its own, whose temporary files and caches are removed with it; `limit` is for each.
Status run_feature_checks(const std::filesystem::path& python, std::chrono::milliseconds limit, Diagnostics& diagnostics,
                          const Cancellation& cancellation, ValidationReport& report);

}  // namespace torchup
