#pragma once
// Which package is decided next, learned from conflicts: a package whose versions fail again and again against another's
// is decided before it from then on.

#include "resolver/pubgrub/package_table.hpp"
#include "resolver/pubgrub/partial_solution.hpp"

#include <optional>
#include <vector>

namespace torchup::pubgrub {

class Priorities {
 public:
  /// A version of `loser` was refused because of what `winner` is. True where both have met so often that they change places now,
  /// which happens at most once for each loser.
  bool record_conflict(PackageId loser, PackageId winner);

  /// The undecided package to decide next; nothing where all are decided. Extras follow their project at once, since they
  /// cost no question; then pins; then packages that conflicted often; then the order in which packages were met.
  std::optional<PackageId> next(const PackageTable& packages, const PartialSolution& solution) const;

 private:
  struct Entry {
    int lost = 0, won = 0;
    bool early = false, late = false;
  };
  Entry& at(PackageId package);
  int rank(PackageId package, const PackageTable& packages, const PartialSolution& solution) const;

  std::vector<Entry> m_entries;
};

}  // namespace torchup::pubgrub
