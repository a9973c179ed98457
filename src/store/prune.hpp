#pragma once
// What of a store is not needed any more, and its removal: trees that no environment was made from and no install took for
// long, unfinished downloads that nobody went on with, and debris. `torchup cache prune` uses it.

#include "src/store/store.hpp"

#include <chrono>
#include <optional>
#include <set>
#include <vector>

namespace torchup {

/// Something in a store that can be removed by itself.
struct StoreEntry {
  enum class Kind {
    tree,    ///< A published tree.
    part,    ///< An unfinished download, for resuming.
    debris,  ///< What a killed process left; it counts for nothing.
  };
  Kind kind = Kind::tree;
  std::filesystem::path path;
  std::optional<Sha256> wheel = {};  ///< Of a tree.
  std::uint64_t bytes = 0;
  std::chrono::sys_seconds last_used{};  ///< By an install; of a part, when bytes last came.
};

struct PruneWish {
  std::set<Sha256> needed;                       ///< Wheels that environments were made from: their trees stay.
  std::chrono::seconds tree_age{}, part_age{};   ///< What was not used for so long goes.
  std::optional<std::uint64_t> most_bytes = {};  ///< The store's size, for which what was used last stays longest.
};

struct PrunePlan {
  std::vector<StoreEntry> remove;  ///< Debris, then the least recently used first.
  std::uint64_t freed_bytes = 0;
  std::uint64_t kept_bytes = 0;
};

/// Trees and parts. What is not published yet is left out: it belongs to processes that may still work.
Result<std::vector<StoreEntry>> entries_of(const Store& store);

/// What goes. Pure. A time after `now` counts as now.
PrunePlan plan_prune(std::vector<StoreEntry> entries, const PruneWish& wish, std::chrono::sys_seconds now);

/// Plans and removes while nobody else uses the store, with what killed processes left in staging. Interrupted anywhere, no
/// damaged tree stays visible. ErrorKind::host where another process goes on using the store.
Result<PrunePlan> prune(const Store& store, const PruneWish& wish, std::chrono::sys_seconds now);

}  // namespace torchup
