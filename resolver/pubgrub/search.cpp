#include "resolver/pubgrub/search.hpp"

namespace torchup::pubgrub {

Search::Search(const SolverRequest& request, Universe& universe)
    : m_request(request), m_universe(universe), m_environment(request.environment) {
  m_environment.extras.clear();
  m_solution.decide_root();
  add_dependencies(k_root, VersionSet::all(), dependencies_of(request.requirements, request.environment));
  add_constraints();
  for (PackageId package = 0; package < m_packages.size(); ++package) mark_changed(package);
}

SearchResult Search::advance() {
  while (true) {
    if (const auto root = propagate()) return NoSolution{*root};
    if (exhausted()) return GaveUp{m_steps};
    if (couple_extras()) continue;
    const std::optional<PackageId> package = m_priorities.next(m_packages, m_solution);
    if (!package) return solution();
    if (auto question = decide(*package)) return *std::move(question);
  }
}

std::vector<PackageName> Search::foreseen() const {
  std::vector<PackageName> names;
  for (PackageId package = 1; package < m_packages.size(); ++package) {
    if (!m_packages.is_project(package) || !m_solution.undecided(package)) continue;
    const KnownPackage* known = m_universe.find(m_packages.name(package));
    if (known == nullptr || !known->answered()) names.push_back(m_packages.name(package));
  }
  return names;
}

VersionSet Search::allowed(const PackageName& name) const {
  const std::optional<PackageId> package = m_packages.find_project(name);
  if (!package) return VersionSet::all();
  const Term& known = m_solution.known(*package);
  return known.positive() ? known.set : known.set.complement();
}

}  // namespace torchup::pubgrub
