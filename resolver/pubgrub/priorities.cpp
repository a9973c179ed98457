#include "resolver/pubgrub/priorities.hpp"

#include <algorithm>
#include <utility>

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
  ++m_opponents[std::minmax(loser, winner)];
  const int won = ++at(winner).won;
  const int lost = ++at(loser).lost;
  m_reordered.insert(m_reordered.end(), {loser, winner});
  if (at(loser).early || lost < k_conflicts_before_reordering || won < k_conflicts_before_reordering) return false;
  at(loser).early = true;
  at(loser).late = false;
  if (!at(winner).early) at(winner).late = true;
  return true;
}

// Nothing where it is not to be decided now.
std::optional<Priorities::Rank> Priorities::rank(PackageId package, const PackageTable& packages, const PartialSolution& solution,
                                                 std::size_t choices) {
  if (package == k_root || !solution.undecided(package)) return std::nullopt;
  if (packages.is_extra(package)) return solution.is_decided(packages.project_of(package)) ? std::optional(Rank{}) : std::nullopt;
  if (solution.known(package).set.is_pin()) return Rank{1};
  if (at(package).early) return Rank{2};
  if (at(package).late) return Rank{5};
  return counts(package) ? Rank{3, static_cast<std::uint32_t>(choices)} : Rank{4};
}

void Priorities::update(PackageId package, const PackageTable& packages, const PartialSolution& solution, std::size_t choices) {
  const std::optional<Rank> its_rank = rank(package, packages, solution, choices);
  Entry& entry = at(package);
  if (entry.rank == its_rank) return;
  if (entry.rank) m_waiting.erase({*entry.rank, package});
  if (its_rank) m_waiting.emplace(*its_rank, package);
  entry.rank = its_rank;
}

std::optional<PackageId> Priorities::next() const {
  if (m_waiting.empty()) return std::nullopt;
  return m_waiting.begin()->second;
}

std::vector<PackageId> Priorities::waiting() const {
  std::vector<PackageId> packages;
  packages.reserve(m_waiting.size());
  for (const auto& [rank, package] : m_waiting) packages.push_back(package);
  return packages;
}

std::vector<Opponents> Priorities::worst_opponents(std::size_t most) const {
  std::vector<Opponents> worst;
  for (const auto& [pair, conflicts] : m_opponents) worst.push_back({pair.first, pair.second, conflicts});
  std::stable_sort(worst.begin(), worst.end(), [](const Opponents& a, const Opponents& b) { return a.conflicts > b.conflicts; });
  if (worst.size() > most) worst.erase(worst.begin() + static_cast<std::ptrdiff_t>(most), worst.end());
  return worst;
}

}  // namespace torchup::pubgrub
