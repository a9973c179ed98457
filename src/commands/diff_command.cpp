// torchup diff: what two locks, or a lock and an environment, differ in.

#include "src/commands/command.hpp"
#include "src/commands/environment_contents.hpp"
#include "src/commands/environment_options.hpp"
#include "src/commands/lock_file.hpp"
#include "src/commands/print_difference.hpp"
#include "src/host_python.hpp"
#include "src/install/adoption.hpp"
#include "src/install/install.hpp"
#include "src/ui/json_output.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <variant>

namespace torchup {
namespace {

struct Options {
  std::vector<std::string> sides;
  std::string env;
};

/// One side with what it holds.
struct Side {
  ComparedSide as;
  std::variant<Lockfile, Generation> content;

  const Lockfile* lock() const { return std::get_if<Lockfile>(&content); }
  const Generation* generation() const { return std::get_if<Generation>(&content); }
  bool is_of_another_tool() const { return generation() != nullptr && generation()->number == 0; }
};

bool is_environment(const std::string& path) {
  std::error_code unknown;
  return std::filesystem::is_directory(path, unknown);
}

Result<Side> read_side(Application& application, const std::string& path) {
  if (!is_environment(path)) {
    TORCHUP_TRY_ASSIGN(Lockfile lock, read_lock_file(application, path));
    return Side{{ComparedSide::Kind::lock, path}, std::move(lock)};
  }
  if (auto foreign = environment_of_another_tool(path)) return Side{{ComparedSide::Kind::environment, path}, *std::move(foreign)};
  TORCHUP_TRY_ASSIGN(Environment environment, environment_at(path));
  return Side{{ComparedSide::Kind::environment, path, environment.current->number}, *std::move(environment.current)};
}

/// What a side holds; a lock beside an environment counts as what `sync` would install there.
Result<std::vector<HeldPackage>> packages_of(const Side& side, const std::optional<Target>& target) {
  if (const Generation* generation = side.generation()) return held_by_environment(*generation);
  if (target) return with_context(held_for_target(*side.lock(), *target), fmt::format("while reading `{}`", side.as.path));
  return held_by_lock(*side.lock());
}

/// The interpreter of the environment that a lock is compared with.
Result<std::optional<Target>> target_of(Application& application, const Side& before, const Side& after) {
  const Generation* generation = before.generation() != nullptr ? before.generation() : after.generation();
  if (generation == nullptr || (before.lock() == nullptr && after.lock() == nullptr)) return std::nullopt;
  const HostFacts facts = probe_target(application.this_host(), python_search({generation->python_executable}));
  auto found = choose_python(facts, generation->python_executable);
  // Another tool's interpreter may be gone: its environment says at least which version it has.
  if (!found && generation->number == 0) found = named_python(generation->python_version);
  TORCHUP_TRY_ASSIGN(const Python python, std::move(found));
  TORCHUP_TRY_ASSIGN(Target target, make_target(facts, python));
  return target;
}

/// The sides that were named, and those that stand for what was not: a lock is held against the environment, an
/// environment against the lock of this folder.
std::pair<std::string, std::string> both_sides(Application& application, const Options& options) {
  const auto environment = [&] { return environment_root(application, options.env).string(); };
  if (options.sides.size() > 1) return {options.sides[0], options.sides[1]};
  if (options.sides.empty()) return {"pylock.toml", environment()};
  return is_environment(options.sides[0]) ? std::pair<std::string, std::string>("pylock.toml", options.sides[0])
                                          : std::pair(options.sides[0], environment());
}

Result<int> run(Application& application, const Options& options) {
  if (options.sides.size() > 2) {
    return failure({ErrorKind::usage, fmt::format("two things can be compared, not {}", options.sides.size()), {}, {}});
  }
  const auto [first, second] = both_sides(application, options);
  if (second != "-" && !std::filesystem::exists(second) && options.sides.size() < 2) {
    return failure(
        {ErrorKind::host, fmt::format("`{}` is no environment of torchup", second), {}, {"name two locks, or an environment with --env"}});
  }
  TORCHUP_TRY_ASSIGN(const Side before, read_side(application, first));
  TORCHUP_TRY_ASSIGN(const Side after, read_side(application, second));
  TORCHUP_TRY_ASSIGN(const auto target, target_of(application, before, after));
  TORCHUP_TRY_ASSIGN(auto held_before, packages_of(before, target));
  TORCHUP_TRY_ASSIGN(auto held_after, packages_of(after, target));
  if (before.is_of_another_tool() || after.is_of_another_tool()) {
    // No tool but torchup keeps which wheels it installed.
    for (auto* held : {&held_before, &held_after}) {
      for (auto& package : *held) package.wheels.clear();
    }
  }

  Comparison comparison{before.as, after.as, difference(held_before, held_after), {}};
  if (before.lock() != nullptr && after.lock() != nullptr) comparison.keys = key_changes(*before.lock(), *after.lock());
  if (application.options().json)
    application.print(json_document(comparison_json(comparison)));
  else if (!application.options().quiet)
    application.print(comparison_text(comparison, application.out()));
  return comparison.differs() ? 1 : 0;
}

Action define(Parser& parser) {
  auto options = std::make_shared<Options>();
  parser.argument({"sides", "LOCK|ENV", "What to compare: at most two lock files or folders of environments"}, options->sides);
  parser.option(k_env_option, options->env);
  return [options](Application& application) { return run(application, *options); };
}

}  // namespace

extern const Command diff_command;
const Command diff_command{"diff", "Show what two locks, or a lock and an environment, differ in", define};

}  // namespace torchup
