// Conflict resolution: from an incompatibility that came true to one that says why, and back to where it was avoidable.
#include "resolver/pubgrub/search.hpp"

#include <algorithm>

namespace torchup::pubgrub {
namespace {

// Nothing can avoid it: no terms, or the root's alone, which is always chosen.
bool is_final(const Incompatibility& incompatibility) {
  return std::all_of(incompatibility.terms.begin(), incompatibility.terms.end(),
                     [](const auto& entry) { return entry.first == k_root && entry.second.positive(); });
}

}  // namespace

// The rule of resolution: where both are true of everything but `package`, one of both must come true through it.
IncompatibilityId Search::combine(IncompatibilityId first, IncompatibilityId second, PackageId package) {
  std::map<PackageId, Term> terms;
  for (const IncompatibilityId id : {first, second}) {
    for (const auto& [other, term] : m_store[id].terms) {
      if (other == package || other == k_root) continue;
      const auto [known, is_new] = terms.try_emplace(other, term);
      if (!is_new) known->second = intersection(known->second, term);
    }
  }
  if (package != k_root) {
    Term one = either(*m_store[first].term_of(package), *m_store[second].term_of(package));
    if (!is_anything(one)) terms.emplace(package, std::move(one));
  }
  return remember({TermList({terms.begin(), terms.end()}), Derived{first, second}});
}

Search::Learned Search::resolve_conflict(IncompatibilityId conflict) {
  IncompatibilityId current = conflict;
  while (!is_final(m_store[current])) {
    const Satisfier satisfier = m_solution.satisfier(m_store[current], m_store);
    if (satisfier.cause && satisfier.previous_level >= satisfier.level) {
      current = combine(current, *satisfier.cause, satisfier.package);
      continue;
    }
    const PackageId loser = m_solution.decided_at(satisfier.level);
    const PackageId winner = m_solution.decided_at(satisfier.previous_level);
    go_back_to(satisfier.previous_level);
    if (current != conflict) listen(current);
    const bool reorder = m_priorities.record_conflict(m_packages.project_of(loser), m_packages.project_of(winner));
    return {.package = satisfier.package, .id = current, .decide_later = reorder ? std::optional(winner) : std::nullopt};
  }
  return {.id = current, .final = true};
}

}  // namespace torchup::pubgrub
