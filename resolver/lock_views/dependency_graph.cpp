#include "torchup/resolver/dependency_tree.hpp"
#include "torchup/resolver/requirement.hpp"

#include <algorithm>
#include <map>
#include <utility>

namespace torchup {
namespace {

// Edges stay linear in the size of the lock, however many entries a hostile one gives the same name and version.
constexpr std::size_t k_most_twins = 8;

class GraphMaker {
 public:
  explicit GraphMaker(const Lockfile& lock) : m_lock(lock) { m_graph.nodes.resize(lock.packages.size()); }

  DependencyGraph run() {
    for (std::size_t i = 0; i < m_lock.packages.size(); ++i) m_places[m_lock.packages[i].name].push_back(i);
    for (std::size_t i = 0; i < m_lock.packages.size(); ++i) join(i);
    for (DependencyNode& node : m_graph.nodes) {
      sort_out(node.needs);
      sort_out(node.needed_by);
    }
    read_requests();
    add_roots();
    return std::move(m_graph);
  }

 private:
  static void sort_out(std::vector<std::size_t>& places) {
    std::sort(places.begin(), places.end());
    places.erase(std::unique(places.begin(), places.end()), places.end());
  }

  /// The entries of that name and version, in the lock's order.
  const std::vector<std::size_t>& twins(const PackageName& name, const Version& version) {
    const auto [known, added] = m_twins.try_emplace({name, version});
    if (!added) return known->second;
    const auto named = m_places.find(name);
    if (named == m_places.end()) return known->second;
    for (const std::size_t place : named->second) {
      if (known->second.size() < k_most_twins && m_lock.packages[place].version == version) known->second.push_back(place);
    }
    return known->second;
  }

  void join(std::size_t i) {
    DependencyNode& node = m_graph.nodes[i];
    for (const auto& [name, version] : m_lock.packages[i].dependencies) {
      const auto& found = twins(name, version);
      if (found.empty()) node.missing.emplace_back(name, version);
      for (const std::size_t place : found) {
        node.needs.push_back(place);
        m_graph.nodes[place].needed_by.push_back(i);
      }
    }
    std::sort(node.missing.begin(), node.missing.end());
    node.missing.erase(std::unique(node.missing.begin(), node.missing.end()), node.missing.end());
  }

  void read_requests() {
    for (const std::string& text : m_lock.tool.requests) {
      const Result<Requirement> request = Requirement::parse(text);
      if (!request) continue;
      const auto named = m_places.find(request->name);
      if (named == m_places.end()) continue;
      for (const std::size_t place : named->second) m_graph.nodes[place].requests.push_back(text);
    }
  }

  void add_root(std::size_t place, RootReason reason) {
    m_graph.roots.push_back({place, reason});
    std::vector<std::size_t> open = {place};
    m_reached[place] = true;
    while (!open.empty()) {
      const std::size_t at = open.back();
      open.pop_back();
      for (const std::size_t next : m_graph.nodes[at].needs) {
        if (!m_reached[next]) {
          m_reached[next] = true;
          open.push_back(next);
        }
      }
    }
  }

  void add_roots() {
    m_reached.assign(m_graph.nodes.size(), false);
    for (std::size_t i = 0; i < m_graph.nodes.size(); ++i) {
      if (!m_graph.nodes[i].requests.empty()) add_root(i, RootReason::requested);
    }
    for (std::size_t i = 0; i < m_graph.nodes.size(); ++i) {
      if (!m_reached[i] && m_graph.nodes[i].needed_by.empty()) add_root(i, RootReason::needed_by_none);
    }
    for (std::size_t i = 0; i < m_graph.nodes.size(); ++i) {
      if (!m_reached[i]) add_root(i, RootReason::in_a_cycle);
    }
  }

  const Lockfile& m_lock;
  DependencyGraph m_graph;
  std::map<PackageName, std::vector<std::size_t>> m_places;
  std::map<std::pair<PackageName, Version>, std::vector<std::size_t>> m_twins;
  std::vector<bool> m_reached;
};

void add(WheelTotals& totals, const LockedPackage& package) {
  totals.wheels += package.wheels.size();
  for (const LockedFile& wheel : package.wheels) {
    // A hostile lock may name sizes that no sum holds; a number that stays large says more than one that wraps round.
    const std::uint64_t size = wheel.size.value_or(0);
    totals.bytes = totals.bytes > UINT64_MAX - size ? UINT64_MAX : totals.bytes + size;
    if (!wheel.size) ++totals.without_size;
  }
}

}  // namespace

DependencyGraph make_dependency_graph(const Lockfile& lock) { return GraphMaker(lock).run(); }

WheelTotals wheel_totals(const LockedPackage& package) {
  WheelTotals totals;
  add(totals, package);
  return totals;
}

WheelTotals wheel_totals(const Lockfile& lock) {
  WheelTotals totals;
  for (const LockedPackage& package : lock.packages) add(totals, package);
  return totals;
}

std::vector<std::vector<std::size_t>> entries_of_one_name(const Lockfile& lock) {
  std::map<PackageName, std::vector<std::size_t>> places;
  for (std::size_t i = 0; i < lock.packages.size(); ++i) places[lock.packages[i].name].push_back(i);
  std::vector<std::vector<std::size_t>> several;
  for (auto& [name, entries] : places) {
    if (entries.size() > 1) several.push_back(std::move(entries));
  }
  return several;
}

}  // namespace torchup
