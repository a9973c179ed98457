// Two locks, parted by a line `====`: their difference, each one's tree and its forms for other tools.

#include "torchup/resolver/dependency_tree.hpp"
#include "torchup/resolver/export_lock.hpp"
#include "torchup/resolver/lock_difference.hpp"
#include "torchup/resolver/lockfile.hpp"

#include <cstdint>
#include <cstdlib>

namespace {

void look_at(const torchup::Lockfile& lock) {
  const auto graph = torchup::make_dependency_graph(lock);
  if (graph.nodes.size() != lock.packages.size()) std::abort();
  std::vector<std::size_t> roots;
  std::size_t edges = 0;
  for (const auto& root : graph.roots) roots.push_back(root.package);
  for (const auto& node : graph.nodes) edges += node.needs.size() + node.missing.size();
  if (torchup::tree_rows(graph, roots, torchup::Direction::needs).size() > roots.size() + edges) std::abort();
  const auto held = torchup::held_by_lock(lock);
  if (!torchup::difference(held, held).empty() || !torchup::key_changes(lock, lock).empty()) std::abort();
  (void)torchup::settled_packages(lock, lock.extras);
  (void)torchup::dockerfile_text(lock);
  (void)torchup::cyclonedx_text(lock, {"1.0", torchup::Sha256(torchup::Sha256::Bytes{})});
  (void)torchup::wheel_totals(lock);
  (void)torchup::entries_of_one_name(lock);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  constexpr std::string_view k_parting = "\n====\n";
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto parting = text.find(k_parting);
  const auto before = torchup::read_lock(text.substr(0, parting));
  if (!before) return 0;  // pylock_fuzz looks at reasons
  look_at(*before);
  if (parting == std::string_view::npos) return 0;
  const auto after = torchup::read_lock(text.substr(parting + k_parting.size()));
  if (!after) return 0;
  const auto held_before = torchup::held_by_lock(*before), held_after = torchup::held_by_lock(*after);
  const auto there = torchup::difference(held_before, held_after);
  const auto back = torchup::difference(held_after, held_before);
  if (there.added.size() != back.removed.size() || there.changed.size() != back.changed.size() || there.same != back.same) std::abort();
  (void)torchup::key_changes(*before, *after);
  return 0;
}
