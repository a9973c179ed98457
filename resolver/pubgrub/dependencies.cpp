// Facts from outside become incompatibilities here.
#include "resolver/pubgrub/search.hpp"

#include <algorithm>
#include <utility>

namespace torchup::pubgrub {
namespace {

// Terms sorted by package; two of one package become one; what is always true is left out.
TermList in_order(std::vector<std::pair<PackageId, Term>> terms) {
  std::sort(terms.begin(), terms.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
  std::vector<std::pair<PackageId, Term>> result;
  result.reserve(terms.size());
  for (auto& [package, term] : terms) {
    if (!result.empty() && result.back().first == package) {
      result.back().second = intersection(result.back().second, term);
    } else {
      result.emplace_back(package, std::move(term));
    }
  }
  std::erase_if(result, [](const auto& entry) { return is_anything(entry.second); });
  return TermList(std::move(result));
}

}  // namespace

IncompatibilityId Search::remember(Incompatibility incompatibility) {
  m_store.push_back(std::move(incompatibility));
  m_settled.push_back(false);
  return static_cast<IncompatibilityId>(m_store.size() - 1);
}

void Search::listen(IncompatibilityId id) {
  for (const auto& [package, term] : m_store[id].terms) {
    if (package >= m_listening.size()) m_listening.resize(package + 1U);
    m_listening[package].push_back(id);
  }
}

void Search::stop_listening(IncompatibilityId id) {
  for (const auto& [package, term] : m_store[id].terms) std::erase(m_listening[package], id);
}

IncompatibilityId Search::add_fact(Incompatibility incompatibility) {
  const IncompatibilityId id = remember(std::move(incompatibility));
  listen(id);
  return id;
}

void Search::add_dependency(PackageId package, const VersionSet& versions, PackageId dependency, const VersionSet& wanted,
                            const std::string& unmatchable) {
  VersionSet together = versions;
  std::uint32_t text = 0;
  IncompatibilityId& newest = m_dependencies.newest(package, dependency);
  IncompatibilityId* link = &newest;
  for (; *link != k_no_fact; link = &std::get<Depends>(m_store[*link].reason).before) {
    const auto& fact = std::get<Depends>(m_store[*link].reason);
    if (fact.wanted != wanted) continue;
    // Versions that depend on the same are one fact: else a thousand of them would be a thousand to look through.
    together = together.united(fact.versions);
    if (together == fact.versions) return;
    stop_listening(*link);
    text = fact.unmatchable;
    *link = fact.before;
    break;
  }
  if (text == 0 && !unmatchable.empty()) {
    m_unmatchable.push_back(unmatchable);
    text = static_cast<std::uint32_t>(m_unmatchable.size());
  }
  newest = add_fact({in_order({{package, chosen_from(together)}, {dependency, not_from(wanted)}}),
                     Depends{package, dependency, together, wanted, text, newest}});
}

void Search::add_dependencies(PackageId package, const VersionSet& versions, const std::vector<const Dependency*>& dependencies) {
  for (const Dependency* dependency : dependencies) {
    if (!dependency->unsupported().empty()) {
      add_fact({{{package, chosen_from(versions)}}, Unsupported{package, versions, SharedValue<std::string>(dependency->unsupported())}});
      continue;
    }
    const VersionSet& wanted = dependency->wanted();
    if (dependency->pinned()) dependency->project().second.note_pin(wanted);
    const PackageId project = m_packages.project(dependency->project());
    const bool says_nothing = project == package && versions.subset_of(wanted);
    if (!says_nothing) add_dependency(package, versions, project, wanted, dependency->unmatchable());
    for (const PackageName& extra : dependency->extras()) {
      add_dependency(package, versions, m_packages.extra(dependency->project(), extra), VersionSet::all(), "");
    }
  }
}

void Search::add_constraints() {
  const auto constraints = made_dependencies(m_request.constraints, m_universe);
  for (const Dependency* constraint : holding(constraints, m_request.environment)) {
    const PackageId package = m_packages.project(constraint->project());
    if (!constraint->unsupported().empty()) {
      add_fact({{{package, chosen_from(VersionSet::all())}},
                Unsupported{package, VersionSet::all(), SharedValue<std::string>(constraint->unsupported())}});
      continue;
    }
    const VersionSet outside = constraint->wanted().complement();
    if (!outside.empty()) add_fact({{{package, chosen_from(outside)}}, Constrained{package, constraint->wanted()}});
  }
}

// An extra that lost some versions to a conflict takes them from its project too. Few extras ever do, so that the law is
// written down only for those.
bool Search::couple_extras() {
  bool any = false;
  std::vector<PackageId> extras = std::exchange(m_loose_extras, {});
  std::sort(extras.begin(), extras.end());
  extras.erase(std::unique(extras.begin(), extras.end()), extras.end());
  for (const PackageId extra : extras) {
    if (!m_solution.undecided(extra)) continue;
    const PackageId project = m_packages.project_of(extra);
    const VersionSet& left = m_solution.known(extra).set;
    if (m_solution.wanted(project) && (left.is_all() || m_solution.known(project).set.subset_of(left))) continue;
    add_fact({in_order({{extra, chosen_from(left)}, {project, not_from(left)}}), SameVersion{extra}});
    mark_changed(extra);
    any = true;
  }
  return any;
}

}  // namespace torchup::pubgrub
