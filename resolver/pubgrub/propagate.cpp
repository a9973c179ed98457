// Unit propagation: an incompatibility whose terms are all true but one makes that one false.
#include "resolver/pubgrub/search.hpp"

#include <algorithm>

namespace torchup::pubgrub {

void Search::mark_changed(PackageId package) {
  if (package >= m_is_changed.size()) m_is_changed.resize(package + 1U);
  if (m_is_changed[package]) return;
  m_is_changed[package] = true;
  m_changed.push_back(package);
}

void Search::forget_changed() {
  for (const PackageId package : m_changed) m_is_changed[package] = false;
  m_changed.clear();
}

void Search::go_back_to(std::uint32_t level) {
  m_solution.go_back_to(level);
  if (m_settled_before.size() <= level + 1U) return;  // nothing above it was opened
  for (; m_settled_in_turn.size() > m_settled_before[level + 1U]; m_settled_in_turn.pop_back()) m_settled[m_settled_in_turn.back()] = false;
  m_settled_before.resize(level + 1U);
}

// Gives the conflict, an incompatibility with every term true, or nothing.
std::optional<IncompatibilityId> Search::propagate_package(PackageId package) {
  if (package >= m_listening.size()) return std::nullopt;
  const auto settle = [&](IncompatibilityId id) {
    m_settled[id] = true;
    m_settled_before.resize(std::max<std::size_t>(m_settled_before.size(), m_solution.level() + 1U), m_settled_in_turn.size());
    m_settled_in_turn.push_back(id);
  };
  const auto& listening = m_listening[package];
  for (auto id = listening.rbegin(); id != listening.rend(); ++id) {  // the newest says the most
    if (m_settled[*id]) continue;
    ++m_effort.propagations;
    const std::pair<PackageId, Term>* open = nullptr;
    int open_terms = 0;
    bool contradicted = false;
    for (const auto& entry : m_store[*id].terms) {
      const Relation its = relation(m_solution.known(entry.first), entry.second);
      if (its == Relation::satisfied) continue;
      contradicted = its == Relation::contradicted;
      open = &entry;
      if (contradicted || ++open_terms > 1) break;
    }
    if (contradicted) {
      settle(*id);
    } else if (open_terms == 0) {
      return *id;
    } else if (open_terms == 1) {
      m_solution.derive(open->first, negation(open->second), *id);
      mark_changed(open->first);
      settle(*id);
    }
  }
  return std::nullopt;
}

std::optional<IncompatibilityId> Search::propagate() {
  while (!m_changed.empty()) {
    const PackageId package = m_changed.back();
    m_changed.pop_back();
    m_is_changed[package] = false;
    const std::optional<IncompatibilityId> conflict = propagate_package(package);
    if (!conflict) continue;
    ++m_effort.conflicts;
    const Learned learned = resolve_conflict(*conflict);
    if (learned.final) return learned.id;
    if (exhausted()) return std::nullopt;
    // What was still to be looked at belonged to levels that are gone, or is looked at again when it changes.
    forget_changed();
    m_solution.derive(learned.package, negation(*m_store[learned.id].term_of(learned.package)), learned.id);
    mark_changed(learned.package);
    if (learned.decide_later) decide_later(*learned.decide_later);
  }
  return std::nullopt;
}

}  // namespace torchup::pubgrub
