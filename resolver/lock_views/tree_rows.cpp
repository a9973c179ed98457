#include "torchup/resolver/dependency_tree.hpp"

#include <algorithm>

namespace torchup {
namespace {

class TreeMaker {
 public:
  TreeMaker(const DependencyGraph& graph, Direction direction, std::optional<std::size_t> deepest)
      : m_graph(graph), m_direction(direction), m_deepest(deepest), m_home(graph.nodes.size(), k_unseen) {}

  std::vector<TreeRow> run(const std::vector<std::size_t>& roots) {
    find_homes(roots);
    for (std::size_t i = roots.size(); i-- > 0;) m_open.push_back({.package = roots[i], .last = i + 1 == roots.size()});
    while (!m_open.empty()) {
      TreeRow row = m_open.back();
      m_open.pop_back();
      const bool leads_on = !row.missing && !is_leaf(row.package);
      const bool at_home = m_home[row.package] == (row.parent == k_no_row ? k_root : m_rows[row.parent].package);
      if (leads_on && !at_home) row.below = Below::elsewhere;
      if (leads_on && at_home && m_deepest && row.depth >= *m_deepest) row.below = Below::cut;
      m_rows.push_back(row);
      if (leads_on && row.below == Below::shown) open_children(row);
    }
    return std::move(m_rows);
  }

 private:
  static constexpr std::size_t k_unseen = static_cast<std::size_t>(-1);
  static constexpr std::size_t k_root = static_cast<std::size_t>(-2);

  const std::vector<std::size_t>& children(std::size_t package) const {
    const DependencyNode& node = m_graph.nodes[package];
    return m_direction == Direction::needs ? node.needs : node.needed_by;
  }

  std::size_t count_missing(std::size_t package) const {
    return m_direction == Direction::needs ? m_graph.nodes[package].missing.size() : 0;
  }

  bool is_leaf(std::size_t package) const { return children(package).empty() && count_missing(package) == 0; }

  /// Which parent a package's own subtree is shown below: breadth first, so it is one of those nearest to a root.
  void find_homes(const std::vector<std::size_t>& roots) {
    std::vector<std::size_t> queue;
    for (const std::size_t root : roots) {
      if (m_home[root] == k_unseen) queue.push_back(root);
      m_home[root] = k_root;
    }
    for (std::size_t at = 0; at < queue.size(); ++at) {
      for (const std::size_t child : children(queue[at])) {
        if (m_home[child] != k_unseen) continue;
        m_home[child] = queue[at];
        queue.push_back(child);
      }
    }
  }

  /// In reverse, since the last of `m_open` is the next row.
  void open_children(const TreeRow& row) {
    const auto& below = children(row.package);
    const std::size_t missing = count_missing(row.package), count = below.size() + missing;
    const std::size_t parent = m_rows.size() - 1;
    for (std::size_t i = count; i-- > 0;) {
      TreeRow child{.parent = parent, .depth = row.depth + 1, .package = row.package, .missing = {}, .last = i + 1 == count};
      if (i < below.size())
        child.package = below[i];
      else
        child.missing = i - below.size();
      m_open.push_back(child);
    }
  }

  const DependencyGraph& m_graph;
  Direction m_direction;
  std::optional<std::size_t> m_deepest;
  std::vector<std::size_t> m_home;
  std::vector<TreeRow> m_rows, m_open;
};

}  // namespace

std::vector<TreeRow> tree_rows(const DependencyGraph& graph, const std::vector<std::size_t>& roots, Direction direction,
                               std::optional<std::size_t> deepest) {
  return TreeMaker(graph, direction, deepest).run(roots);
}

}  // namespace torchup
