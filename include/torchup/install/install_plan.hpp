#pragma once
// What an install will do to an environment: made by `plan_install`, shown to the user, carried out by `stage_generation`.

#include "torchup/install/verified_artifact.hpp"

#include <optional>
#include <string>
#include <vector>

namespace torchup {

/// One package as an environment holds it.
struct InstalledPackage {
  PackageName name;
  Version version;
  Sha256 wheel_sha256;
  std::string wheel;  ///< The wheel's file name.
  std::string url;    ///< Where it came from, without credentials.
  std::string index;  ///< Its index; may be empty.
};

struct Replacement {
  InstalledPackage before;
  InstalledPackage after;
};

struct InstallPlan {
  std::vector<InstalledPackage> add, remove, keep;  ///< Each sorted by name.
  std::vector<Replacement> replace;
  bool changes() const { return !add.empty() || !remove.empty() || !replace.empty(); }
};

}  // namespace torchup
