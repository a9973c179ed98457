#pragma once
// Puts a blueprint's files into a generation whose folders exist, on several threads: cloned where the file system can,
// else hard links for what nobody edits and is read-only, else copies. `stage_generation` uses it.

#include "torchup/core/cancellation.hpp"
#include "torchup/core/diagnostics.hpp"
#include "torchup/install/environment.hpp"

#include "src/install/blueprint.hpp"

#include <cstdint>
#include <vector>

namespace torchup {

/// Whether a file would be shared with the store by a hard link, where it cannot be cloned. Unless every file is to be linked, Python's
/// sources and other small text but a package's tests are copied: people edit them, and an edit through a link would reach every other
/// environment.
bool is_shared(const PlannedFile& file, const OpenTree& tree, std::uint64_t device, LinkMode mode);

/// The first failure ends all threads; what was placed until then stays for the caller to take away.
Result<StageTotals> place_files(const Folder& generation, const std::vector<OpenTree>& trees, const std::vector<PlannedFile>& files,
                                LinkMode mode, Diagnostics& diagnostics, const Cancellation& cancellation);

}  // namespace torchup
