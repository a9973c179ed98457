#pragma once
// Which part of a lock `torchup tree` shows: what its text and its JSON document have in common.

#include "torchup/resolver/dependency_tree.hpp"

#include <map>
#include <optional>
#include <vector>

namespace torchup {

/// What is shown of a lock.
struct TreeView {
  const Lockfile& lock;
  const DependencyGraph& graph;
  std::optional<PackageName> inverted;  ///< Why this package is there; else what was asked for needs.
  std::optional<std::size_t> deepest;
};

/// The entries that the tree begins with, in the lock's order but for what was asked for.
std::vector<std::size_t> roots_of(const TreeView& view);

/// The tree's rows down to that depth, whatever the view's own is.
std::vector<TreeRow> rows_of(const TreeView& view, std::optional<std::size_t> deepest);

/// How far from a root each package of the rows stands at the nearest.
std::map<std::size_t, std::size_t> depths_of(const std::vector<TreeRow>& rows);

}  // namespace torchup
