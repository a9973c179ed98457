#pragma once
// Which wheels the environments of this machine were made from: the store keeps their trees. `cache prune` uses it.

#include "torchup/core/diagnostics.hpp"
#include "torchup/core/digest.hpp"
#include "torchup/core/result.hpp"

#include <filesystem>
#include <set>

namespace torchup {

/// The wheels that whole generations on disk name, of every environment that the ledger knows. An environment that is gone
/// needs none; a generation that cannot be read is told with a note. Where there is no ledger, nothing is needed; one that
/// cannot be read is its error.
Result<std::set<Sha256>> needed_wheels(const std::filesystem::path& ledger, Diagnostics& diagnostics);

}  // namespace torchup
