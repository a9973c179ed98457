#pragma once
// A bundle as the place that an install comes from: what stands in for network, indexes and catalog, and which of its locks and
// variants is for this host. `install --bundle` and `sync --bundle` use it.

#include "torchup/system/owned_folder.hpp"

#include "src/bundle/bundle.hpp"
#include "src/bundle/bundle_transport.hpp"
#include "src/pipeline.hpp"

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace torchup {

/// One of a bundle's locks, and what of it a host installs.
struct BundledChoice {
  Lockfile lock;
  std::string variant;  ///< Of the framework; empty where the lock has none.
};

class BundleSource {
 public:
  /// Opens the bundle, reads its locks and catalog. `ports` are those of an install off the network, of which the cache gets a folder
  /// for as long as this lives. `own_catalog`: the user has named another catalog than the bundle's.
  static Result<std::unique_ptr<BundleSource>> open(const std::filesystem::path& file, const Ports& ports, bool own_catalog);
  BundleSource(const BundleSource&) = delete;
  BundleSource& operator=(const BundleSource&) = delete;

  const Bundle& bundle() const { return *m_bundle; }

  /// The lock and variant for a host: of several that are for it, the first whose framework fits with an accelerator, else the first
  /// that fits, else the first. `variant` is "auto", or one of the bundle's. ErrorKind::usage where the bundle has no such variant,
  /// ErrorKind::lock where none of its locks is for this target.
  Result<BundledChoice> choose(const HostFacts& facts, const MarkerEnvironment& environment, const std::string& variant) const;

  /// Makes a wish be answered by the bundle: each package comes from the index that the chosen lock has it from, and torch in that
  /// lock's version. What `ports` gives afterwards holds for this choice.
  Status direct(LockWish& wish, const BundledChoice& choice, const MarkerEnvironment& environment);

  /// The given ports with the bundle in place of everything that is not on this machine.
  Ports ports(const Ports& given) const;

 private:
  BundleSource(std::shared_ptr<const Bundle> bundle, const Ports& ports, OwnedFolder folder, FileDescriptor lock);

  std::shared_ptr<const Bundle> m_bundle;
  std::vector<Lockfile> m_locks;
  const VariantCatalog* m_catalog;
  std::optional<VariantCatalog> m_own_catalog;
  Configuration m_configuration;
  mutable BundleTransport m_transport;
  FileDescriptor m_lock;  // tells that the folder is in use
  OwnedFolder m_folder;   // of pages and metadata, for this run alone; `cache prune` finds what stays behind
};

/// Folders in a cache that installs from bundles have left because they were killed.
std::vector<std::filesystem::path> stale_bundle_folders(const std::filesystem::path& cache);

}  // namespace torchup
