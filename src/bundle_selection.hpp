#pragma once
// Which wheels of a lock a bundle takes: all of them, or those that named platforms or one recorded host install. The command
// `bundle` uses it.

#include "torchup/resolver/lockfile.hpp"
#include "torchup/resolver/variant.hpp"
#include "torchup/system/host_system.hpp"

#include <string>
#include <vector>

namespace torchup {

struct BundleSelection {
  std::vector<std::string> platforms = {};  ///< "linux-x86_64"
  HostSystem* host = nullptr;               ///< Another machine, as it was recorded; not with platforms.
  std::string python = {};                  ///< Empty: each that the lock is for; of a host the one that it has.
  std::vector<std::string> variants = {};   ///< Of a lock with several. Empty: all; of a host the one that fits it.
};

struct SelectedWheels {
  std::vector<LockedFile> wheels = {};
  std::vector<std::string> variants = {};  ///< Of the framework, as far as they were taken.
  std::vector<std::string> targets = {};   ///< "linux-x86_64, Python 3.11, cu130"; empty where everything is taken.
};

/// ErrorKind::usage where the lock does not have a variant that is named, ErrorKind::lock where it has a package without a wheel, or
/// nothing for a target.
Result<SelectedWheels> select_wheels(const Lockfile& lock, const BundleSelection& selection, const VariantCatalog& catalog);

}  // namespace torchup
