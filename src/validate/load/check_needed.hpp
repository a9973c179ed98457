#pragma once
// The static half of the level "load": every library below torch/lib finds what it needs, in the versions that it needs.
// Nothing is loaded, so a broken library costs no crash and a missing one is named together with who wants it.

#include "torchup/core/cancellation.hpp"
#include "torchup/core/result.hpp"
#include "torchup/kernels/validation_report.hpp"

#include "src/elf/library_search.hpp"
#include "src/validate/load/needed_walk.hpp"

#include <filesystem>

namespace torchup {

/// Adds the check `needed`. Fails on cancellation only.
Status check_needed(const std::filesystem::path& site_packages, const LibrarySearch& search, const Cancellation& cancellation,
                    ValidationReport& report);

/// The same for a LibTorch folder: its libraries lie in `root`/lib.
Status check_native_needed(const std::filesystem::path& root, const LibrarySearch& search, const Cancellation& cancellation,
                           ValidationReport& report);

}  // namespace torchup
