// torchup cache dir | size | prune | verify | clean: where downloads and verified wheels are kept.

#include "src/commands/application.hpp"
#include "src/commands/cache_prune.hpp"
#include "src/commands/cache_verify.hpp"
#include "src/commands/command.hpp"
#include "src/commands/parser.hpp"
#include "src/store/store.hpp"
#include "src/ui/json_output.hpp"
#include "src/ui/quantities.hpp"
#include "src/ui/table.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <filesystem>

namespace torchup {
namespace {

std::uint64_t folder_bytes(const std::filesystem::path& folder) {
  std::uint64_t bytes = 0;
  std::error_code problem;
  for (std::filesystem::recursive_directory_iterator at(folder, problem), end; at != end && !problem; at.increment(problem)) {
    if (at->is_regular_file(problem)) bytes += at->file_size(problem);
  }
  return bytes;
}

/// What is kept beside the store: pages and metadata, what interpreters said of themselves, pip's default index.
constexpr const char* k_answers[] = {"index", "programs", "default-index", "bundles"};

std::uint64_t answer_bytes(const std::filesystem::path& cache) {
  std::uint64_t bytes = 0;
  for (const char* name : k_answers) {
    std::error_code is_none;
    const auto file = std::filesystem::file_size(cache / name, is_none);
    bytes += is_none ? folder_bytes(cache / name) : file;
  }
  return bytes;
}

Result<int> print_folder(Application& application) {
  if (application.options().json) {
    auto document = new_document();
    document["path"] = application.cache_directory().string();
    application.print(json_document(document));
  } else {
    application.print(application.cache_directory().string());
  }
  return 0;
}

Result<int> print_size(Application& application) {
  TORCHUP_TRY_ASSIGN(const Store store, Store::open(application.store_directory()));
  TORCHUP_TRY_ASSIGN(const StoreUsage usage, store.usage());
  const std::uint64_t pages = answer_bytes(application.cache_directory());
  if (application.options().json) {
    auto document = new_document();
    document["wheels"] = usage.trees;
    document["wheel_bytes"] = usage.tree_bytes;
    document["part_bytes"] = usage.part_bytes;
    document["staging_bytes"] = usage.staging_bytes;
    document["index_bytes"] = pages;
    document["total_bytes"] = usage.tree_bytes + usage.part_bytes + usage.staging_bytes + pages;
    application.print(json_document(document));
    return 0;
  }
  const Table table{.rows = {{{"verified wheels"}, {bytes_text(usage.tree_bytes)}, {count_text(usage.trees, "wheel")}},
                             {{"unfinished downloads"}, {bytes_text(usage.part_bytes + usage.staging_bytes)}, {""}},
                             {{"index pages and metadata"}, {bytes_text(pages)}, {""}}},
                    .right = {1}};
  application.print(table_text(table, application.out()));
  return 0;
}

Result<int> clean(Application& application, bool yes, bool dry_run) {
  TORCHUP_TRY_ASSIGN(const Store store, Store::open(application.store_directory()));
  TORCHUP_TRY_ASSIGN(const StoreUsage usage, store.usage());
  const auto& cache = application.cache_directory();
  std::uint64_t freed = usage.tree_bytes + usage.part_bytes + usage.staging_bytes + answer_bytes(cache);
  const bool agreed =
      dry_run || application.confirm(fmt::format("remove {} from `{}`?", bytes_text(freed), application.cache_directory().string()), yes);
  if (agreed && !dry_run) {
    TORCHUP_TRY_ASSIGN(const std::uint64_t stored, store.clean());
    freed = stored + answer_bytes(cache);
    std::error_code problem;
    for (const char* name : k_answers) std::filesystem::remove_all(cache / name, problem);
  }
  if (application.options().json) {
    auto document = new_document();
    document["freed_bytes"] = agreed && !dry_run ? freed : 0;
    document["would_free_bytes"] = freed;
    application.print(json_document(document));
  } else {
    application.print(dry_run  ? fmt::format("would free {}", bytes_text(freed))
                      : agreed ? fmt::format("freed {}", bytes_text(freed))
                               : "nothing was removed");
  }
  return 0;
}

Action define(Parser& parser) {
  struct Options {
    bool yes = false, dry_run = false;
    CachePruneOptions prune = {};
  };
  auto options = std::make_shared<Options>();
  const Parser dir = parser.command("dir", "Print the folder");
  const Parser size = parser.command("size", "Print what it holds");
  Parser pruning = parser.command("prune", "Remove what no environment needs and no install took for long");
  add_cache_prune_options(pruning, options->prune);
  const Parser verifying = parser.command("verify", "Hash everything in the store, and move aside what is damaged");
  Parser cleaning = parser.command("clean", "Remove everything in it; environments are not touched");
  cleaning.flag("-y,--yes", options->yes, "Do not ask");
  cleaning.flag("--dry-run", options->dry_run, "Say what would be freed, remove nothing");
  return [options, dir, size, pruning, verifying](Application& application) {
    if (dir.chosen()) return print_folder(application);
    if (pruning.chosen()) return prune_cache(application, options->prune);
    if (verifying.chosen()) return verify_cache(application);
    return size.chosen() ? print_size(application) : clean(application, options->yes, options->dry_run);
  };
}

}  // namespace

extern const Command cache_command;
const Command cache_command{"cache", "Show, check or clean the folder of downloads and verified wheels", define};

}  // namespace torchup
