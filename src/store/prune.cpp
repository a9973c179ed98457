#include "src/store/prune.hpp"

#include "src/store/tree_folders.hpp"

#include <algorithm>
#include <sys/stat.h>
#include <tuple>

namespace torchup {
namespace {

namespace fs = std::filesystem;
using std::chrono::sys_seconds;

/// When a file was last changed; nothing where there is none.
std::optional<sys_seconds> changed(const fs::path& path) {
  struct stat status;
  if (::lstat(path.c_str(), &status) != 0) return std::nullopt;
  return sys_seconds(std::chrono::seconds(status.st_mtim.tv_sec));
}

StoreEntry tree_entry(const TreeFolder& tree) {
  StoreEntry entry{.path = tree.path, .wheel = tree.sha256, .bytes = bytes_below(tree.path)};
  const auto published = changed(tree.path / k_manifest_name);
  if (!published) entry.kind = StoreEntry::Kind::debris;
  entry.last_used = std::max(published.value_or(sys_seconds()), changed(tree.path / k_used_name).value_or(sys_seconds()));
  return entry;
}

/// Only `<sha>.part` is gone on with; another process's private one ends with it.
bool can_be_resumed(const fs::path& part) { return part.extension() == ".part" && Sha256::parse(part.stem().string()).has_value(); }

StoreEntry part_entry(const fs::path& part) {
  return {.kind = can_be_resumed(part) ? StoreEntry::Kind::part : StoreEntry::Kind::debris,
          .path = part,
          .bytes = bytes_below(part),
          .last_used = changed(part).value_or(sys_seconds())};
}

Status remove(const StoreEntry& entry) {
  if (entry.wheel) TORCHUP_TRY(remove_manifest(entry.path));
  return remove_with_all_in_it(entry.path);
}

}  // namespace

Result<std::vector<StoreEntry>> entries_of(const Store& store) {
  std::vector<StoreEntry> entries;
  TORCHUP_TRY_ASSIGN(const std::vector<TreeFolder> trees, tree_folders(store.root()));
  for (const TreeFolder& tree : trees) entries.push_back(tree_entry(tree));
  TORCHUP_TRY_ASSIGN(const std::vector<fs::path> parts, paths_in(store.root() / "parts"));
  for (const fs::path& part : parts) entries.push_back(part_entry(part));
  return entries;
}

PrunePlan plan_prune(std::vector<StoreEntry> entries, const PruneWish& wish, sys_seconds now) {
  using Kind = StoreEntry::Kind;
  // Debris first, so that it never costs a tree its place.
  std::ranges::sort(entries, {},
                    [](const StoreEntry& entry) { return std::tuple(entry.kind != Kind::debris, entry.last_used, entry.path); });
  PrunePlan plan;
  for (const StoreEntry& entry : entries) plan.kept_bytes += entry.bytes;
  for (StoreEntry& entry : entries) {
    if (entry.kind == Kind::tree && wish.needed.contains(*entry.wheel)) continue;
    const auto unused = std::max(now - entry.last_used, std::chrono::seconds(0));
    const bool is_old = unused >= (entry.kind == Kind::tree ? wish.tree_age : wish.part_age);
    const bool is_too_much = wish.most_bytes && plan.kept_bytes > *wish.most_bytes;
    if (entry.kind != Kind::debris && !is_old && !is_too_much) continue;
    plan.kept_bytes -= entry.bytes;
    plan.freed_bytes += entry.bytes;
    plan.remove.push_back(std::move(entry));
  }
  return plan;
}

Result<PrunePlan> prune(const Store& store, const PruneWish& wish, sys_seconds now) {
  PrunePlan plan;
  const Status pruned = store.while_alone([&]() -> Status {
    TORCHUP_TRY_ASSIGN(std::vector<StoreEntry> entries, entries_of(store));
    TORCHUP_TRY_ASSIGN(const std::vector<fs::path> staged, paths_in(store.root() / "staging"));
    for (const fs::path& path : staged) entries.push_back({.kind = StoreEntry::Kind::debris, .path = path, .bytes = bytes_below(path)});
    plan = plan_prune(std::move(entries), wish, now);
    for (const StoreEntry& entry : plan.remove) TORCHUP_TRY(remove(entry));
    return {};
  });
  if (!pruned) return failure(pruned.error());
  return plan;
}

}  // namespace torchup
