// What was decided, as pins.
#include "resolver/pubgrub/search.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace torchup::pubgrub {
namespace {

bool has_extra(const KnownMetadata& metadata, const MarkerEnvironment& environment, const PackageName& extra) {
  const auto& provided = metadata.provides_extra;
  return std::find(provided.begin(), provided.end(), extra) != provided.end() ||
         !added_by(extra, metadata.dependencies, environment).empty();
}

void add_names(std::set<PackageName>& names, const std::vector<const Dependency*>& dependencies) {
  for (const Dependency* dependency : dependencies) names.insert(dependency->name());
}

}  // namespace

// What led to the answer is let go before the answer is made: a big one would need room for both.
Solved Search::solution() {
  m_store.clear();
  m_listening = {};
  m_dependencies.clear();
  m_expanded = {};
  m_settled = {};
  m_settled_in_turn = {};
  return pins();
}

Solved Search::pins() const {
  const std::set<PackageName> none;
  std::map<PackageName, std::set<PackageName>> extras;
  for (PackageId package = 1; package < m_packages.size(); ++package) {
    if (m_packages.is_extra(package) && m_solution.is_decided(package)) {
      extras[m_packages.name(package)].insert(m_packages.extra_name(package));
    }
  }

  Solved solved;
  solved.pins.reserve(m_solution.decided());
  for (PackageId package = 1; package < m_packages.size(); ++package) {
    if (!m_packages.is_project(package) || !m_solution.is_decided(package)) continue;
    const PackageName& name = m_packages.name(package);
    const Version& version = *m_solution.decision(package);
    const KnownMetadata& metadata = *m_packages.known(package).metadata(version);
    std::set<PackageName> dependencies;
    add_names(dependencies, holding(metadata.dependencies, m_environment));
    const auto wanted = extras.find(name);
    const std::set<PackageName>& its_extras = wanted == extras.end() ? none : wanted->second;
    for (const PackageName& extra : its_extras) {
      add_names(dependencies, added_by(extra, metadata.dependencies, m_environment));
      if (has_extra(metadata, m_environment, extra)) continue;
      solved.notes.push_back(fmt::format("{} {} has no extra `{}`", name.text(), version.text(), extra.text()));
    }
    dependencies.erase(name);
    solved.pins.push_back({name, version, {its_extras.begin(), its_extras.end()}, {dependencies.begin(), dependencies.end()}});
  }
  std::sort(solved.pins.begin(), solved.pins.end(), [](const Pin& a, const Pin& b) { return a.name < b.name; });
  std::sort(solved.notes.begin(), solved.notes.end());
  return solved;
}

}  // namespace torchup::pubgrub
