#pragma once
// What an environment really holds: what torchup recorded of it, and what another tool has put in or taken out since.

#include "torchup/install/environment.hpp"
#include "torchup/resolver/lock_difference.hpp"

#include <vector>

namespace torchup {

/// The packages of a generation, sorted by name. One whose `.dist-info` is gone from site-packages is left out; one that
/// torchup did not install, or in another version, has no wheel. A folder that cannot be read is ErrorKind::host.
Result<std::vector<HeldPackage>> held_by_environment(const Generation& generation);

}  // namespace torchup
