#pragma once
// What an install will do to an environment: made by `plan_install`, shown to the user, carried out by `stage_generation`.

#include "torchup/install/verified_artifact.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace torchup {

/// One package as an environment holds it.
struct InstalledPackage {
  PackageName name;
  Version version;
  Sha256 wheel_sha256;
  std::string wheel;        ///< The wheel's file name.
  std::string url;          ///< Where it came from, without credentials.
  std::string index;        ///< Its index; may be empty.
  bool requested = false;   ///< Asked for by name, and not only as a dependency.
  std::uint64_t files = 0;  ///< As installed, generated ones included; 0 in a plan.
  std::uint64_t bytes = 0;
  bool operator==(const InstalledPackage&) const = default;
};

struct Replacement {
  InstalledPackage before;
  InstalledPackage after;
  bool operator==(const Replacement&) const = default;
};

struct InstallPlan {
  std::vector<InstalledPackage> add, remove, keep;  ///< Each sorted by name.
  std::vector<Replacement> replace;
  bool changes() const { return !add.empty() || !remove.empty() || !replace.empty(); }
};

}  // namespace torchup
