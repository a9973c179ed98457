#include "src/commands/cache_prune.hpp"

#include "src/bundle_source.hpp"
#include "src/commands/amounts.hpp"
#include "src/commands/application.hpp"
#include "src/commands/parser.hpp"
#include "src/needed_wheels.hpp"
#include "src/store/prune.hpp"
#include "src/ui/json_output.hpp"
#include "src/ui/quantities.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <chrono>

namespace torchup {
namespace {

constexpr std::chrono::days k_tree_age{30};
constexpr std::chrono::days k_part_age{7};

Result<PruneWish> wish_of(Application& application, const CachePruneOptions& options) {
  PruneWish wish{.needed = {}, .tree_age = k_tree_age, .part_age = k_part_age};
  if (!options.older_than.empty()) {
    TORCHUP_TRY_ASSIGN(wish.tree_age, parse_age(options.older_than, "--older-than"));
    wish.part_age = std::min(wish.part_age, wish.tree_age);
  }
  if (!options.max_size.empty()) {
    TORCHUP_TRY_ASSIGN(wish.most_bytes, parse_bytes(options.max_size, "--max-size"));
  }
  TORCHUP_TRY_ASSIGN(wish.needed, needed_wheels(application.ledger_file(), application.diagnostics()));
  return wish;
}

/// What installs from bundles have left beside the store, as part of the plan.
void add_stale_folders(PrunePlan& plan, const std::filesystem::path& cache) {
  for (const auto& folder : stale_bundle_folders(cache)) {
    StoreEntry entry{.kind = StoreEntry::Kind::debris, .path = folder};
    std::error_code problem;
    for (std::filesystem::recursive_directory_iterator at(folder, problem), end; at != end && !problem; at.increment(problem)) {
      if (at->is_regular_file(problem)) entry.bytes += at->file_size(problem);
    }
    plan.freed_bytes += entry.bytes;
    plan.remove.push_back(std::move(entry));
  }
}

std::uint64_t count(const PrunePlan& plan, StoreEntry::Kind kind) {
  return static_cast<std::uint64_t>(std::ranges::count(plan.remove, kind, &StoreEntry::kind));
}

/// "3 wheels, 1 unfinished download and 2 leftovers, 1.2 GB"
std::string what_goes(const PrunePlan& plan) {
  std::string text = count_text(count(plan, StoreEntry::Kind::tree), "wheel");
  text += ", " + count_text(count(plan, StoreEntry::Kind::part), "unfinished download");
  if (const auto debris = count(plan, StoreEntry::Kind::debris)) text += ", " + count_text(debris, "leftover");
  return text + ", " + bytes_text(plan.freed_bytes);
}

std::string document_of(const PrunePlan& plan, bool removed) {
  auto document = new_document();
  document["freed_bytes"] = removed ? plan.freed_bytes : 0;
  document["would_free_bytes"] = plan.freed_bytes;
  document["kept_bytes"] = plan.kept_bytes;
  auto wheels = nlohmann::ordered_json::array();
  for (const StoreEntry& entry : plan.remove) {
    if (entry.kind == StoreEntry::Kind::tree) wheels.push_back({{"sha256", entry.wheel->hex()}, {"bytes", entry.bytes}});
  }
  document["wheels"] = std::move(wheels);
  document["parts"] = count(plan, StoreEntry::Kind::part);
  document["leftovers"] = count(plan, StoreEntry::Kind::debris);
  return json_document(document);
}

std::string text_of(const PrunePlan& plan, const PruneWish& wish, bool dry_run, bool agreed) {
  if (plan.remove.empty() && !wish.most_bytes) return fmt::format("nothing to remove; {} kept", bytes_text(plan.kept_bytes));
  if (!agreed) return "nothing was removed";
  std::string text = fmt::format("{} {}; {} kept", dry_run ? "would remove" : "removed", what_goes(plan), bytes_text(plan.kept_bytes));
  if (wish.most_bytes && plan.kept_bytes > *wish.most_bytes) {
    text += fmt::format(", which is above {}: environments were made from all of it", bytes_text(*wish.most_bytes));
  }
  return text;
}

}  // namespace

void add_cache_prune_options(Parser& parser, CachePruneOptions& options) {
  parser.option({"--older-than", "AGE", "Remove what was not used for so long, as `12h` or `30d` (default: 30d)"}, options.older_than);
  parser.option({"--max-size", "SIZE", "Remove what was used longest ago until the store is no bigger, as `20GB`"}, options.max_size);
  parser.flag("-y,--yes", options.yes, "Do not ask");
  parser.flag("--dry-run", options.dry_run, "Say what would be removed, remove nothing");
}

Result<int> prune_cache(Application& application, const CachePruneOptions& options) {
  TORCHUP_TRY_ASSIGN(const PruneWish wish, wish_of(application, options));
  TORCHUP_TRY_ASSIGN(const Store store, Store::open(application.store_directory()));
  const std::chrono::sys_seconds now = std::chrono::time_point_cast<std::chrono::seconds>(std::chrono::system_clock::now());
  TORCHUP_TRY_ASSIGN(std::vector<StoreEntry> entries, entries_of(store));
  PrunePlan plan = plan_prune(std::move(entries), wish, now);
  add_stale_folders(plan, application.cache_directory());
  const bool agreed = options.dry_run || plan.remove.empty() ||
                      application.confirm(fmt::format("remove {} from `{}`?", what_goes(plan), store.root().string()), options.yes);
  const bool removes = agreed && !options.dry_run;
  if (removes) {
    TORCHUP_TRY_ASSIGN(plan, prune(store, wish, now));
    const std::size_t of_the_store = plan.remove.size();
    add_stale_folders(plan, application.cache_directory());
    std::error_code ignored;  // what stays behind counts for nothing
    for (std::size_t i = of_the_store; i < plan.remove.size(); ++i) std::filesystem::remove_all(plan.remove[i].path, ignored);
  }
  application.print(application.options().json ? document_of(plan, removes) : text_of(plan, wish, options.dry_run, agreed));
  return 0;
}

}  // namespace torchup
