#include "resolver/pubgrub/search.hpp"

namespace torchup::pubgrub {

Search::Search(const SolverRequest& request, Universe& universe)
    : m_request(request), m_universe(universe), m_environment(request.environment), m_packages(universe) {
  m_environment.extras.clear();
  m_solution.decide_root();
  const auto requirements = made_dependencies(request.requirements, universe);
  add_dependencies(k_root, VersionSet::all(), holding(requirements, request.environment));
  add_constraints();
  for (PackageId package = 0; package < m_packages.size(); ++package) mark_changed(package);
}

SearchResult Search::advance() {
  while (true) {
    if (const auto root = propagate()) return NoSolution{*root};
    if (exhausted()) return GaveUp{m_effort.steps()};
    look_at_touched();
    if (couple_extras()) continue;
    const std::optional<PackageId> package = m_priorities.next();
    if (!package) return solution();
    if (auto question = decide(*package)) return *std::move(question);
  }
}

void Search::put_in_order(PackageId package) {
  constexpr std::size_t k_many = 100;  // more choices than these are no reason for an order
  std::size_t choices = k_many;
  // Only what this search has asked for counts, so that the order does not follow which answers came ahead of their questions.
  if (m_priorities.counts(package) && has_asked(package)) {
    choices = m_packages.known(package).choices(m_solution.known(package).set, k_many);
  }
  m_priorities.update(package, m_packages, m_solution, choices);
}

// What waits to be decided, and which extras may have to be coupled, follows what changed.
void Search::look_at_touched() {
  for (const PackageId package : m_priorities.take_reordered()) put_in_order(package);
  for (const PackageId package : m_solution.take_touched()) {
    put_in_order(package);
    if (m_packages.is_extra(package)) m_loose_extras.push_back(package);
    for (const PackageId extra : m_packages.extras_of(package)) {
      put_in_order(extra);
      m_loose_extras.push_back(extra);
    }
  }
}

std::vector<PackageName> Search::foreseen() const {
  std::vector<PackageName> names;
  for (const PackageId package : m_priorities.waiting()) {
    if (!m_packages.is_project(package)) continue;
    if (!m_packages.known(package).answered()) names.push_back(m_packages.name(package));
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
