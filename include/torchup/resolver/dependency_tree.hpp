#pragma once
// A lock's packages as a graph, and as the rows of a tree: what `torchup tree` shows. Only the lock is looked at. A lock may
// come from anywhere, so cycles, missing packages and any depth are answers here, not failures.

#include "torchup/resolver/lockfile.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace torchup {

/// One entry of the lock and its neighbours, each a place in `Lockfile::packages`, ascending and without doubles.
struct DependencyNode {
  std::vector<std::size_t> needs;
  std::vector<std::size_t> needed_by;
  std::vector<std::pair<PackageName, Version>> missing;  ///< Needed, and not in the lock in that version.
  std::vector<std::string> requests;                     ///< What the lock was asked for that names it.
};

/// Why a package stands at the top of the tree.
enum class RootReason {
  requested,       ///< The lock was asked for it.
  needed_by_none,  ///< Nothing in the lock depends on it.
  in_a_cycle,      ///< Only packages that it needs itself depend on it.
};

struct DependencyRoot {
  std::size_t package;
  RootReason reason;
  bool operator==(const DependencyRoot&) const = default;
};

struct DependencyGraph {
  std::vector<DependencyNode> nodes;  ///< One for each entry of the lock, in its order.
  std::vector<DependencyRoot> roots;  ///< Requested ones first; every entry is reached from one of them.
};

/// Entries are joined by name and version (PEP 751, "packages.dependencies"), whatever their markers; where more than 8
/// entries share both, the first 8. Requests of `[tool.torchup]` that are no requirement are passed over.
DependencyGraph make_dependency_graph(const Lockfile& lock);

enum class Direction { needs, needed_by };

/// What stands below a row.
enum class Below {
  shown,      ///< All of it, or there is nothing.
  elsewhere,  ///< It stands below another row of the same package.
  cut,        ///< It is deeper than was asked for.
};

inline constexpr std::size_t k_no_row = static_cast<std::size_t>(-1);

/// One line of a tree, in the order in which they are printed.
struct TreeRow {
  std::size_t parent = k_no_row;            ///< The row above it; none for a root.
  std::size_t depth = 0;                    ///< 0 for a root.
  std::size_t package = 0;                  ///< The entry; of a missing one, the entry that needs it.
  std::optional<std::size_t> missing = {};  ///< Its place in that entry's `missing`.
  bool last = false;                        ///< Nothing follows below the same parent.
  Below below = Below::shown;
  bool operator==(const TreeRow&) const = default;
};

/// The tree below these entries. What a package leads to is shown once, where the package stands nearest to a root; so a
/// limit on the depth hides nothing that is nearer. There are never more rows than roots and edges together.
std::vector<TreeRow> tree_rows(const DependencyGraph& graph, const std::vector<std::size_t>& roots, Direction direction,
                               std::optional<std::size_t> deepest = std::nullopt);

/// Wheels of some packages, added up.
struct WheelTotals {
  std::size_t wheels = 0;
  std::uint64_t bytes = 0;  ///< Of the wheels whose size the lock names.
  std::size_t without_size = 0;
  bool operator==(const WheelTotals&) const = default;
};

WheelTotals wheel_totals(const LockedPackage& package);
WheelTotals wheel_totals(const Lockfile& lock);

/// Names that the lock holds in more than one entry, each with those entries.
std::vector<std::vector<std::size_t>> entries_of_one_name(const Lockfile& lock);

}  // namespace torchup
