// What was decided, as pins.
#include "resolver/pubgrub/search.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace torchup::pubgrub {
namespace {

bool has_extra(const PackageMetadata& metadata, const MarkerEnvironment& environment, const PackageName& extra) {
  const auto& provided = metadata.provides_extra;
  return std::find(provided.begin(), provided.end(), extra) != provided.end() ||
         !dependencies_of_extra(metadata.requires_dist, environment, extra).empty();
}

void add_names(std::set<PackageName>& names, const std::vector<Dependency>& dependencies) {
  for (const Dependency& dependency : dependencies) names.insert(dependency.name);
}

}  // namespace

Solved Search::solution() const {
  std::map<PackageName, std::set<PackageName>> extras;
  for (PackageId package = 1; package < m_packages.size(); ++package) {
    if (m_packages.is_extra(package) && m_solution.is_decided(package)) {
      extras[m_packages.name(package)].insert(m_packages.extra_name(package));
    }
  }

  std::map<PackageName, Pin> pins;
  Solved solved;
  for (PackageId package = 1; package < m_packages.size(); ++package) {
    if (!m_packages.is_project(package) || !m_solution.is_decided(package)) continue;
    const PackageName& name = m_packages.name(package);
    const Version& version = *m_solution.decision(package);
    const PackageMetadata& metadata = *m_universe.project(name).metadata(version);
    std::set<PackageName> dependencies;
    add_names(dependencies, dependencies_of(metadata.requires_dist, m_environment));
    for (const PackageName& extra : extras[name]) {
      add_names(dependencies, dependencies_of_extra(metadata.requires_dist, m_environment, extra));
      if (has_extra(metadata, m_environment, extra)) continue;
      solved.notes.push_back(fmt::format("{} {} has no extra `{}`", name.text(), version.text(), extra.text()));
    }
    dependencies.erase(name);
    pins.try_emplace(name, Pin{name, version, {extras[name].begin(), extras[name].end()}, {dependencies.begin(), dependencies.end()}});
  }
  for (auto& [name, pin] : pins) solved.pins.push_back(std::move(pin));
  std::sort(solved.notes.begin(), solved.notes.end());
  return solved;
}

}  // namespace torchup::pubgrub
