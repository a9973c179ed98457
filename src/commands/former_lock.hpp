#pragma once
// What is already there counts when something is resolved anew: versions stay unless they are told, or have, to move.

#include "torchup/install/environment.hpp"
#include "torchup/resolver/lockfile.hpp"
#include "torchup/resolver/variant.hpp"

#include <vector>

namespace torchup {

/// Takes packages out of a former lock, so that nothing holds their versions. torch's family moves together: its releases need
/// one another exactly.
void forget_versions(Lockfile& former, const std::vector<PackageName>& names, const VariantCatalog& catalog);

/// The lock that a generation was made from; where it has none that can be read, the packages that it holds, with what was asked
/// for by name as its requests.
Lockfile lock_of_generation(const Generation& generation);

}  // namespace torchup
