#pragma once
// What goes into a bundle, as its members: locks, catalog and wheels, and the index pages that follow from them. A page lists
// those wheels alone that the bundle holds, so that whatever is resolved from it can be installed from it.

#include "torchup/core/result.hpp"
#include "torchup/resolver/lockfile.hpp"

#include "src/bundle/manifest.hpp"

#include <string>
#include <vector>

namespace torchup {

struct BundleContents {
  std::vector<std::string> locks = {};     ///< Their texts, in the order in which they were added.
  std::string catalog = {};                ///< The JSON text of the catalog that the locks were chosen by.
  std::vector<LockedFile> wheels = {};     ///< Of those locks, each with its size; one that two locks name may occur twice.
  std::vector<std::string> variants = {};  ///< Of the framework.
};

/// A bundle's manifest and, in its order, the content of each member that is no wheel.
struct PlannedBundle {
  BundleManifest manifest;
  std::vector<std::string> texts;  ///< Of locks, catalog and pages, which come first.
  std::vector<LockedFile> wheels;  ///< One for each member behind them.
};

/// The same contents, in any order of the wheels, give the same plan. A lock that cannot be read is ErrorKind::lock.
Result<PlannedBundle> plan_bundle(const BundleContents& contents);

/// The index of a package that the lock names none for.
Url index_in_bundle(const LockedPackage& package);

}  // namespace torchup
