#pragma once
// Which package is decided next, learned from conflicts: a package whose versions fail again and again against another's
// is decided before it from then on, and of packages that were in a conflict the one with the fewest versions left comes first.
// The undecided packages stand in order, and only those move of which something changed.

#include "resolver/pubgrub/package_table.hpp"
#include "resolver/pubgrub/partial_solution.hpp"

#include <compare>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <utility>
#include <vector>

namespace torchup::pubgrub {

/// Two packages of which one was refused because of the other, and how often.
struct Opponents {
  PackageId one, other;
  std::size_t conflicts;
};

class Priorities {
 public:
  /// A version of `loser` was refused because of what `winner` is. True where both have met so often that they change places now,
  /// which happens at most once for each loser.
  bool record_conflict(PackageId loser, PackageId winner);

  /// Whether the order asks how many versions of the package are left: once it was in a conflict.
  bool counts(PackageId package) const { return package < m_entries.size() && m_entries[package].lost + m_entries[package].won > 0; }

  /// Takes note that something else is known of the package, or that it was met; `choices` where it counts.
  void update(PackageId package, const PackageTable& packages, const PartialSolution& solution, std::size_t choices = 0);

  /// The undecided package to decide next; nothing where all are decided. Extras follow their project at once, since they
  /// cost no question; then pins; then packages that conflicted often; then those that conflicted, fewest choices first; then the order
  /// in which packages were met. What an answer that nobody asked for yet tells has no part in it.
  std::optional<PackageId> next() const;

  /// Packages whose place is another one since the last call, because of a conflict.
  std::vector<PackageId> take_reordered() { return std::exchange(m_reordered, {}); }

  /// Undecided packages, the next one first.
  std::vector<PackageId> waiting() const;

  /// The pairs that met most often, at most `most`.
  std::vector<Opponents> worst_opponents(std::size_t most) const;

 private:
  struct Rank {
    std::uint8_t group = 0;
    std::uint32_t choices = 0;
    auto operator<=>(const Rank&) const = default;
  };
  using Place = std::pair<Rank, PackageId>;
  struct Entry {
    int lost = 0, won = 0;
    bool early = false, late = false;
    std::optional<Rank> rank = {};  // while it waits
  };
  Entry& at(PackageId package);
  std::optional<Rank> rank(PackageId package, const PackageTable& packages, const PartialSolution& solution, std::size_t choices);

  std::vector<Entry> m_entries;
  std::set<Place> m_waiting;
  std::vector<PackageId> m_reordered;  // whose rank is another since a conflict
  std::map<std::pair<PackageId, PackageId>, std::size_t> m_opponents;
};

}  // namespace torchup::pubgrub
