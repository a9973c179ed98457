#pragma once
// Requirements as the search takes them: markers decided for the target, specifiers turned into sets.

#include "torchup/resolver/requirement.hpp"

#include "resolver/pubgrub/term.hpp"

#include <optional>
#include <span>
#include <string>
#include <vector>

namespace torchup::pubgrub {

struct Dependency {
  PackageName name;
  std::vector<PackageName> extras;
  VersionSet wanted;
  std::string specifiers;
  std::string unsupported = {};  ///< The requirement's text where it names a URL.
  bool pinned = false;           ///< By `==` or `===` with a whole version: what lets a yanked version be chosen (PEP 592).
};

/// The requirements whose marker holds.
std::vector<Dependency> dependencies_of(std::span<const Requirement> requirements, const MarkerEnvironment& environment);

/// The requirements that the extra adds: whose marker holds with it and not without.
std::vector<Dependency> dependencies_of_extra(std::span<const Requirement> requirements, const MarkerEnvironment& environment,
                                              const PackageName& extra);

}  // namespace torchup::pubgrub
