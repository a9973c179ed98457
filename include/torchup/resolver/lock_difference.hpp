#pragma once
// What two sets of packages differ in: two locks, or a lock and what an environment holds. Pure; used by `torchup diff`.

#include "torchup/resolver/lockfile.hpp"
#include "torchup/resolver/target.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace torchup {

struct HeldWheel {
  std::string name;
  Sha256 sha256;
  bool operator==(const HeldWheel&) const = default;
};

/// One package of one side. Conditions and bytes are compared between sides of one kind only.
struct HeldPackage {
  PackageName name;
  Version version;
  std::string condition = {};  ///< Its marker, and what it asks of Python; empty for none.
  std::vector<HeldWheel> wheels = {};
  std::optional<std::uint64_t> bytes = {};  ///< Of its wheels, or as installed; nothing where that is not known.
  bool operator==(const HeldPackage&) const = default;
};

/// Every entry of a lock, in its order.
std::vector<HeldPackage> held_by_lock(const Lockfile& lock);

/// What `sync` would install for this target, one wheel a package: markers evaluated, the best wheel chosen. ErrorKind::lock
/// where the lock does not fit the target.
Result<std::vector<HeldPackage>> held_for_target(const Lockfile& lock, const Target& target);

enum class Change {
  version,    ///< Another version.
  wheels,     ///< The same version from other files.
  condition,  ///< The same files under another marker or Requires-Python.
};

struct PackageChange {
  Change change;
  HeldPackage before, after;
};

struct Difference {
  std::vector<HeldPackage> added, removed;  ///< Sorted by name, as `changed` is.
  std::vector<PackageChange> changed;
  std::size_t same = 0;
  bool empty() const { return added.empty() && removed.empty() && changed.empty(); }
};

/// What leads from one side to the other. Entries of one name are paired: those that are equal, then those of one condition,
/// then those of one version, then in order. Versions in two spellings (1.0 and 1.0.0) are one version.
Difference difference(const std::vector<HeldPackage>& before, const std::vector<HeldPackage>& after);

/// A key of the lock itself that differs, with both texts: `requires-python`, `environments`, `requests`, ...
struct KeyChange {
  std::string key;
  std::vector<std::string> before, after;
  bool operator==(const KeyChange&) const = default;
};

/// The keys that say what a lock is for, in PEP 751's order; `created-by` is none of them.
std::vector<KeyChange> key_changes(const Lockfile& before, const Lockfile& after);

/// The names of both lists' wheels whose bytes are not the same: a file that was replaced under its old name.
std::vector<std::string> replaced_files(const HeldPackage& before, const HeldPackage& after);

}  // namespace torchup
