#pragma once
// Requirements as the search keeps them, of every version that it ever looked at: specifiers turned into sets, and what few
// requirements have kept apart, since a big resolution holds hundreds of thousands.

#include "torchup/core/shared_value.hpp"
#include "torchup/resolver/requirement.hpp"
#include "torchup/resolver/solver.hpp"

#include "resolver/pubgrub/term.hpp"

#include <optional>
#include <span>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

namespace torchup::pubgrub {

/// The sets of specifiers, each made once: packages ask for the same few ranges again and again.
class SpecifierRanges {
 public:
  const VersionSet& of(const SpecifierSet& specifiers);

 private:
  std::unordered_map<std::string, VersionSet> m_sets;  // by the specifiers as written
};

class KnownPackage;
class Universe;

/// A project of the universe, by its name.
using Project = std::pair<const PackageName, KnownPackage>;

class Dependency {
 public:
  /// `universe` must outlive it.
  Dependency(const Requirement& requirement, Universe& universe);

  Project& project() const { return *m_project; }
  const PackageName& name() const;
  const VersionSet& wanted() const { return m_wanted; }
  bool pinned() const { return m_pinned; }  ///< By `==` or `===` with a whole version: what lets a yanked version be chosen (PEP 592).
  const std::vector<PackageName>& extras() const { return rare().extras; }
  const std::optional<Marker>& marker() const { return rare().marker; }
  const std::string& unmatchable() const { return rare().unmatchable; }  ///< The specifiers as written where no version matches them.
  const std::string& unsupported() const { return rare().unsupported; }  ///< The requirement's text where it names a URL.

 private:
  struct Rare {
    std::vector<PackageName> extras = {};
    std::optional<Marker> marker = {};
    std::string unmatchable = {}, unsupported = {};
  };
  const Rare& rare() const;

  Project* m_project;
  VersionSet m_wanted;
  SharedValue<Rare> m_rare;  // nothing where it has none of them
  bool m_pinned = false;
};

/// What one version of a package says of itself.
struct KnownMetadata {
  KnownMetadata(const PackageMetadata& metadata, Universe& universe);

  std::vector<Dependency> dependencies;
  std::vector<PackageName> provides_extra;
};

std::vector<Dependency> made_dependencies(std::span<const Requirement> requirements, Universe& universe);

/// Those whose marker holds.
std::vector<const Dependency*> holding(std::span<const Dependency> dependencies, const MarkerEnvironment& environment);

/// Those that the extra adds: whose marker holds with it and not without.
std::vector<const Dependency*> added_by(const PackageName& extra, std::span<const Dependency> dependencies,
                                        const MarkerEnvironment& environment);

}  // namespace torchup::pubgrub
