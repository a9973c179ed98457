#pragma once
// One lock for several targets: each was resolved by itself, and the lock says by markers which package belongs to which
// (PEP 751). Selecting from it for one target gives that target's own resolution again.

#include "torchup/resolver/lockfile.hpp"
#include "torchup/resolver/marker.hpp"

#include <string>
#include <vector>

namespace torchup {

/// The extra that stands for a variant: its name as PEP 685 normalises it, "rocm7-2" for "rocm7.2".
std::string extra_of_variant(const std::string& variant);

/// What one platform, Python and variant was resolved to.
struct ResolvedTarget {
  MarkerEnvironment environment;        ///< `sys_platform`, `platform_machine`, `platform_python_implementation`, `python_version`.
  std::string variant = {};             ///< "cu130": the extra that selects it; empty where the lock has one variant only.
  std::vector<LockedPackage> packages;  ///< Without markers.
};

/// The lock of them all: equal versions from the same index stand once with the wheels of every target, and have a marker only
/// where some target goes without. At least one target; a combination of
/// platform, Python and variant that is not among them is not locked for. `environments`, `requires_python`, `extras`, `packages`
/// and `tool.variants` are set.
Result<Lockfile> universal_lock(const std::vector<ResolvedTarget>& targets);

}  // namespace torchup
