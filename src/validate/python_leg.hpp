#pragma once
// The engine "torch-python": the environment's own interpreter, isolated, runs a small script of ours. The truest proof
// that the install works: the same import path as the user's.

#include "src/validate/child/run_reporter.hpp"

#include <chrono>
#include <filesystem>
#include <string>
#include <vector>

namespace torchup {

/// Runs the script for "load" (imports) and "numeric" (operators under Python). Bytecode is written, so that the user's
/// first import is quick already.
Reporter python_reporter(const std::filesystem::path& python, const std::vector<std::string>& levels, std::chrono::milliseconds limit);

}  // namespace torchup
