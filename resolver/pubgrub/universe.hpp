#pragma once
// Everything that the world has told the solver, by project. A search reads it; answers write it.

#include "resolver/pubgrub/known_package.hpp"

#include <functional>
#include <map>
#include <set>
#include <string>
#include <unordered_map>

namespace torchup::pubgrub {

class Universe {
 public:
  explicit Universe(const SolverRequest& request);

  /// The project as far as it is known: with no answer yet where nothing was told. It stays where it is.
  Project& project(const PackageName& name);
  const Project* find(const PackageName& name) const;

  void answer_metadata(const PackageName& name, const Version& version, const PackageMetadata& metadata);

  SpecifierRanges& ranges() { return m_ranges; }

  /// Lets in the yanked versions that metadata pinned since the last call; whether there were any.
  bool admit_noted_yanked();

  /// Another search begins, which numbers the projects anew.
  void forget_places();

 private:
  struct Hash {
    std::size_t operator()(const PackageName& name) const { return std::hash<std::string>()(name.text()); }
  };

  PrereleasePolicy m_prereleases;
  VersionOrder m_order;
  std::set<PackageName> m_direct;  // what the user asked for
  std::map<PackageName, Version> m_preferences;
  std::unordered_map<PackageName, KnownPackage, Hash> m_projects;
  SpecifierRanges m_ranges;
};

}  // namespace torchup::pubgrub
