#pragma once
// What has become newer since a lock or an environment was made: its requests are resolved again, and the indexes are asked for
// what there is beyond that. Nothing is changed. `torchup outdated` shows it.

#include "src/pipeline.hpp"

#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace torchup {

/// One package that is held.
struct HeldVersion {
  PackageName name;
  Version version;
  std::optional<Url> index = {};  ///< Where it came from, for a package that a resolution of today no longer has.
};

struct PackageAge {
  PackageName name;
  Version current;
  std::optional<Version> compatible;  ///< What a resolution of today takes; nothing where it no longer needs the package.
  std::optional<Version> newest;  ///< Of final releases that are not withdrawn, usable here or not; nothing where its index is not known.
  std::vector<std::string> why;   ///< What keeps `newest` from being `compatible`.

  bool can_move() const { return compatible && *compatible != current; }
  bool is_behind() const { return newest && *newest > current; }
};

/// Every package that is held, in the order of `held`, or why a resolution of today has no solution. `wish` is for one target, and
/// prefers no former versions.
Result<std::variant<std::vector<PackageAge>, Explanation>> find_outdated(const Ports& ports, const LockWish& wish,
                                                                         const std::vector<HeldVersion>& held);

}  // namespace torchup
