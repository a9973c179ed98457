#include "src/commands/tree_view.hpp"

#include <algorithm>

namespace torchup {

std::vector<std::size_t> roots_of(const TreeView& view) {
  std::vector<std::size_t> roots;
  if (!view.inverted) {
    for (const DependencyRoot& root : view.graph.roots) roots.push_back(root.package);
    return roots;
  }
  for (std::size_t i = 0; i < view.lock.packages.size(); ++i) {
    if (view.lock.packages[i].name == *view.inverted) roots.push_back(i);
  }
  return roots;
}

std::vector<TreeRow> rows_of(const TreeView& view, std::optional<std::size_t> deepest) {
  return tree_rows(view.graph, roots_of(view), view.inverted ? Direction::needed_by : Direction::needs, deepest);
}

std::map<std::size_t, std::size_t> depths_of(const std::vector<TreeRow>& rows) {
  std::map<std::size_t, std::size_t> depths;
  for (const TreeRow& row : rows) {
    if (row.missing) continue;
    const auto at = depths.emplace(row.package, row.depth).first;
    at->second = std::min(at->second, row.depth);
  }
  return depths;
}

}  // namespace torchup
