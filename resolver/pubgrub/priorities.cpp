#include "resolver/pubgrub/priorities.hpp"

namespace torchup::pubgrub {
namespace {

constexpr int k_conflicts_before_reordering = 5;

}  // namespace

Priorities::Entry& Priorities::at(PackageId package) {
  if (package >= m_entries.size()) m_entries.resize(package + 1U);
  return m_entries[package];
}

bool Priorities::record_conflict(PackageId loser, PackageId winner) {
  if (loser == k_root || winner == k_root || loser == winner) return false;
  const int won = ++at(winner).won;
  const int lost = ++at(loser).lost;
  if (at(loser).early || lost < k_conflicts_before_reordering || won < k_conflicts_before_reordering) return false;
  at(loser).early = true;
  at(loser).late = false;
  if (!at(winner).early) at(winner).late = true;
  return true;
}

int Priorities::rank(PackageId package, const PackageTable& packages, const PartialSolution& solution) const {
  if (packages.is_extra(package)) return 0;
  if (solution.known(package).set.is_pin()) return 1;
  if (package < m_entries.size() && m_entries[package].early) return 2;
  return package < m_entries.size() && m_entries[package].late ? 4 : 3;
}

std::optional<PackageId> Priorities::next(const PackageTable& packages, const PartialSolution& solution) const {
  std::optional<PackageId> best;
  int best_rank = 0;
  for (PackageId package = 1; package < packages.size(); ++package) {
    if (!solution.undecided(package)) continue;
    if (packages.is_extra(package) && !solution.is_decided(packages.project_of(package))) continue;
    const int its_rank = rank(package, packages, solution);
    if (best && its_rank >= best_rank) continue;
    best = package;
    best_rank = its_rank;
  }
  return best;
}

}  // namespace torchup::pubgrub
