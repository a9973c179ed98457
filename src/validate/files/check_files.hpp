#pragma once
// The level "files": every file that an installed distribution's RECORD lists is there, with its size and its bytes.
// Bytecode is nobody's business; files that no RECORD lists are told but are no fault.

#include "torchup/core/cancellation.hpp"
#include "torchup/core/diagnostics.hpp"
#include "torchup/core/result.hpp"
#include "torchup/kernels/validation_report.hpp"

#include <filesystem>
#include <vector>

namespace torchup {

/// Adds the checks `record` (whose detail names every bad file, relative to site-packages, up to a hundred) and
/// `record-unlisted`. `threads` of 0 is one for each core. Fails on cancellation only.
Status check_files(const std::filesystem::path& site_packages, const std::filesystem::path& root, unsigned threads,
                   Diagnostics& diagnostics, const Cancellation& cancellation, ValidationReport& report);

}  // namespace torchup
