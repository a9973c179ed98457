// torchup outdated: what has become newer than a lock or an environment has it, and what keeps it back.

#include "src/commands/command.hpp"
#include "src/commands/environment_options.hpp"
#include "src/commands/lock_file.hpp"
#include "src/commands/lock_options.hpp"
#include "src/install/install.hpp"
#include "src/outdated.hpp"
#include "src/ui/json_output.hpp"
#include "src/ui/printable.hpp"
#include "src/ui/quantities.hpp"
#include "src/ui/table.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

#include <algorithm>

namespace torchup {
namespace {

struct Options {
  std::string lock_file, env;
  LockOptions lock;
  bool check = false;
};

/// What is held, and what it was made for.
struct Holding {
  std::vector<HeldVersion> packages;
  std::vector<std::string> requests;  ///< As a person wrote them; else the names of what is held.
  std::string variant;                ///< Empty: none is known.
};

std::vector<std::string> names_of(const std::vector<HeldVersion>& packages) {
  std::vector<std::string> names;
  for (const auto& package : packages) names.push_back(package.name.text());
  return names;
}

/// One entry for each name: of a lock for several targets, the first.
Holding holding_of(const Lockfile& lock, const std::string& variant) {
  Holding holding{{}, lock.tool.requests, variant.empty() ? lock.tool.variant : variant};
  if (holding.variant.empty() && !lock.tool.variants.empty()) holding.variant = lock.tool.variants.front();
  for (const auto& package : lock.packages) {
    const bool is_known = !holding.packages.empty() && holding.packages.back().name == package.name;
    const bool is_of_variant = package.version.local_text() == holding.variant;
    if (is_known && !is_of_variant) continue;
    if (is_known) holding.packages.pop_back();
    holding.packages.push_back({package.name, package.version, package.index});
  }
  if (holding.requests.empty()) holding.requests = names_of(holding.packages);
  return holding;
}

Holding holding_of(const Generation& generation) {
  Holding holding;
  for (const auto& package : generation.packages) {
    const auto index = Url::parse(package.index);
    holding.packages.push_back({package.name, package.version, index ? std::optional(*index) : std::nullopt});
    if (package.requested) holding.requests.push_back(package.name.text());
    if (package.name.text() == "torch") holding.variant = package.version.local_text();
  }
  if (holding.requests.empty()) holding.requests = names_of(holding.packages);
  return holding;
}

/// A lock that is named or lies here, else the environment.
Result<Holding> read_holding(Application& application, const Options& options) {
  constexpr const char* k_lock = "pylock.toml";
  const bool has_lock = !options.lock_file.empty() || (options.env.empty() && std::filesystem::exists(k_lock));
  if (has_lock) {
    TORCHUP_TRY_ASSIGN(const Lockfile lock, read_lock_file(application, options.lock_file.empty() ? k_lock : options.lock_file));
    return holding_of(lock, options.lock.variant == "auto" ? "" : options.lock.variant);
  }
  TORCHUP_TRY_ASSIGN(const Environment environment, environment_at(environment_root(application, options.env)));
  return holding_of(*environment.current);
}

std::string text_of(const std::optional<Version>& version) { return version ? version->text() : ""; }

nlohmann::ordered_json ages_json(const std::vector<PackageAge>& ages) {
  auto document = new_document();
  document["packages"] = nlohmann::ordered_json::array();
  const auto version = [](const std::optional<Version>& one) {
    return one ? nlohmann::ordered_json(one->text()) : nlohmann::ordered_json(nullptr);
  };
  std::size_t movable = 0;
  for (const auto& age : ages) {
    movable += age.can_move() ? 1 : 0;
    if (!age.can_move() && !age.is_behind()) continue;
    document["packages"].push_back({{"name", age.name.text()},
                                    {"current", age.current.text()},
                                    {"compatible", version(age.compatible)},
                                    {"newest", version(age.newest)},
                                    {"why", age.why}});
  }
  document["held"] = ages.size();
  document["movable"] = movable;
  return document;
}

std::string ages_text(const std::vector<PackageAge>& ages, const Terminal& terminal) {
  Table table{.header = {"package", "current", "compatible", "newest", "kept back by"}, .rows = {}};
  std::size_t movable = 0;
  for (const auto& age : ages) {
    movable += age.can_move() ? 1 : 0;
    if (!age.can_move() && !age.is_behind()) continue;
    table.rows.push_back({{age.name.text()},
                          {age.current.text()},
                          {age.compatible ? text_of(age.compatible) : "not needed", age.can_move() ? Style::bold : Style::plain},
                          {text_of(age.newest)},
                          {fmt::format("{}", fmt::join(age.why, "; "))}});
  }
  const std::string held = count_text(ages.size(), "package");
  if (table.rows.empty()) return fmt::format("nothing is outdated: {} at their newest\n", held);
  return table_text(table, terminal) + fmt::format("{} of {} can move; {} kept back\n", movable, held, table.rows.size() - movable);
}

Result<int> run(Application& application, const Options& options) {
  TORCHUP_TRY_ASSIGN(Holding holding, read_holding(application, options));
  LockOptions asked = options.lock;
  asked.requirements = holding.requests;
  if (asked.variant == "auto" && !holding.variant.empty()) asked.variant = holding.variant;
  TORCHUP_TRY_ASSIGN(const LockWish wish, lock_wish(application, asked));
  TORCHUP_TRY_ASSIGN(const auto found, find_outdated(pipeline_ports(application), wish, holding.packages));
  if (const auto* explanation = std::get_if<Explanation>(&found)) return report_unsolvable(application, *explanation);
  const auto& ages = std::get<std::vector<PackageAge>>(found);
  if (application.options().json)
    application.print(json_document(ages_json(ages)));
  else if (!application.options().quiet)
    application.print(ages_text(ages, application.out()));
  const bool any = std::any_of(ages.begin(), ages.end(), [](const PackageAge& age) { return age.can_move(); });
  return options.check && any ? 1 : 0;
}

Action define(Parser& parser) {
  auto options = std::make_shared<Options>();
  parser.argument({"lock", "PYLOCK", "The lock; else pylock.toml, where there is one, else the environment"}, options->lock_file);
  parser.option(k_env_option, options->env);
  parser.flag("--check", options->check, "Exit with 1 where something can move");
  parser.option({"--variant", "NAME", "Compare with this variant instead of the lock's own"}, options->lock.variant);
  parser.option(k_python_option, options->lock.python);
  parser.option({"--index-url", "URL", "The main package index instead of pip's"}, options->lock.index_url);
  parser.option({"--torch-index-url", "URL", "The folder in which cpu, cu130, ... lie, instead of PyTorch's"},
                options->lock.torch_index_url);
  parser.option({"--exclude-newer", "DATE", "Only what was uploaded before 2026-10-28 or 2026-10-28T15:00:00Z"},
                options->lock.exclude_newer);
  return [options](Application& application) { return run(application, *options); };
}

}  // namespace

extern const Command outdated_command;
const Command outdated_command{"outdated", "Show what has become newer, and what keeps it back", define};

}  // namespace torchup
