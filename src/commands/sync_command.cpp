// torchup sync: make an environment exactly what a lock says.

#include "torchup/resolver/universal_lock.hpp"
#include "torchup/resolver/variant_needs.hpp"

#include "src/commands/command.hpp"
#include "src/commands/environment_options.hpp"
#include "src/commands/install_options.hpp"
#include "src/commands/lock_file.hpp"
#include "src/commands/lock_options.hpp"
#include "src/host_python.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <set>

namespace torchup {
namespace {

struct Options {
  InstallOptions install;
  std::string lock_file;  ///< Empty: pylock.toml, or what the bundle has.
  std::string python, variant;
  std::vector<std::string> buildable, extras, groups;
  bool frozen = false;
};

/// The names that an option gives, which must be among those that the lock has; `what` is for messages.
Result<std::set<std::string, std::less<>>> named_of_lock(const std::vector<std::string>& wanted, const std::vector<std::string>& there,
                                                         std::string_view what) {
  std::set<std::string, std::less<>> names;
  for (const auto& text : wanted) {
    TORCHUP_TRY_ASSIGN(const PackageName name, PackageName::parse(text));
    if (std::find(there.begin(), there.end(), name.text()) == there.end()) {
      Error error{ErrorKind::usage, fmt::format("the lock has no {} `{}`", what, name.text()), {}, {}};
      error.hints.push_back(there.empty() ? "it has none" : fmt::format("it has {}", fmt::join(there, ", ")));
      return failure(std::move(error));
    }
    names.insert(name.text());
  }
  return names;
}

/// What the user wants of a lock with extras and groups; the lock's default groups are always taken (PEP 751, "installing").
Status select_extras(const Lockfile& lock, const Options& options, Target& target) {
  TORCHUP_TRY_ASSIGN(auto extras, named_of_lock(options.extras, lock.extras, "extra"));
  target.markers.extras.merge(extras);
  TORCHUP_TRY_ASSIGN(target.markers.dependency_groups, named_of_lock(options.groups, lock.dependency_groups, "dependency group"));
  target.markers.dependency_groups.insert(lock.default_groups.begin(), lock.default_groups.end());
  return {};
}

/// The processor's build is not taken in silence where there is something faster.
void tell_of_unused(Application& application, const HostFacts& facts, const std::vector<std::string>& variants) {
  std::vector<std::string> names;
  for (const auto& gpu : facts.accelerators) names.push_back(gpu.value.name);
  application.diagnostics().warn(fmt::format("of the lock's {} only `cpu` fits this host, and {} stays unused: `torchup variants` says why",
                                             fmt::join(variants, ", "), fmt::join(names, " and ")));
}

/// The extra that selects the variant, where the lock holds several: as told, else what fits this host.
Status select_variant(Application& application, Lockfile& lock, const HostFacts& facts, Target& target, const std::string& wish) {
  const auto& variants = lock.tool.variants;
  if (variants.empty()) {
    if (wish.empty()) return {};
    return failure({ErrorKind::usage, "`--variant` is for a lock with several variants, and this one has not", {}, {}});
  }
  if (!wish.empty()) {
    if (std::find(variants.begin(), variants.end(), wish) == variants.end()) {
      return failure({ErrorKind::usage, fmt::format("the lock has no variant `{}`, only {}", wish, fmt::join(variants, ", ")), {}, {}});
    }
    lock.tool.variant = wish;
  } else {
    TORCHUP_TRY_ASSIGN(const RankedVariant chosen, choose_locked_variant(facts, application.catalog(), lock, target.markers));
    lock.tool.variant = chosen.name;
    application.diagnostics().explain(fmt::format("of {} the lock's `{}` fits this host best", fmt::join(variants, ", "), chosen.name));
    if (chosen.name == "cpu" && !facts.accelerators.empty()) tell_of_unused(application, facts, variants);
  }
  target.markers.extras = {extra_of_variant(lock.tool.variant)};
  return {};
}

/// What CI asks for: nothing that the lock took on trust when it was made.
Status check_frozen(const Lockfile& lock) {
  if (lock.tool.computed_hashes.empty()) return {};
  return failure({ErrorKind::lock,
                  fmt::format("no index gave the hash of `{}`: it was computed when the lock was made", lock.tool.computed_hashes.front()),
                  {},
                  {"`--frozen` takes no such lock: lock again from an index that gives hashes, or leave out `--frozen`"}});
}

/// The lock that is named, and the variant of it; with a bundle alone, the one in it that is for this host.
Result<Lockfile> choose_lock(Application& application, const Options& options, const HostFacts& facts, Target& target) {
  if (options.install.bundle && options.lock_file.empty()) {
    TORCHUP_TRY_ASSIGN(BundledChoice choice, options.install.bundle->choose(facts, target.markers, options.variant));
    const bool has_several = !choice.lock.tool.variants.empty();
    TORCHUP_TRY(select_variant(application, choice.lock, facts, target, has_several ? choice.variant : ""));
    return std::move(choice.lock);
  }
  TORCHUP_TRY_ASSIGN(Lockfile lock, read_lock_file(application, options.lock_file.empty() ? "pylock.toml" : options.lock_file));
  TORCHUP_TRY(select_variant(application, lock, facts, target, options.variant));
  return lock;
}

Result<int> run(Application& application, Options options) {
  TORCHUP_TRY(open_bundle(application, options.install));
  TORCHUP_TRY_ASSIGN(std::set<PackageName> buildable, package_names(options.buildable, "--allow-build"));
  const auto root = environment_root(application, options.install.env);
  std::string wish = python_wish(options.python);
  if (wish.empty()) {
    TORCHUP_TRY_ASSIGN(wish, python_of_environment(root));
  }
  TORCHUP_TRY_ASSIGN(const auto host, probe_host_python(application.this_host(), wish));
  const HostFacts& facts = host.facts;
  TORCHUP_TRY_ASSIGN(Target target, make_target(facts, host.python));
  TORCHUP_TRY_ASSIGN(Lockfile lock, choose_lock(application, options, facts, target));
  if (options.frozen) TORCHUP_TRY(check_frozen(lock));
  TORCHUP_TRY(select_extras(lock, options, target));
  for (const auto& needs : lock.tool.needs) {
    if (needs.variant != lock.tool.variant || needs.platform != target.platform) continue;
    for (const auto& unmet : unmet_needs(needs, facts)) application.diagnostics().warn(fmt::format("the lock's {}", unmet));
  }
  return install_lock(application, options.install,
                      {.lock = std::move(lock),
                       .root = root,
                       .target = std::move(target),
                       .buildable = std::move(buildable),
                       .foreign = options.frozen ? Foreign::refuse : Foreign::leave,
                       .command = "sync"},
                      nullptr);
}

Action define(Parser& parser) {
  auto options = std::make_shared<Options>();
  parser.argument(k_lock_argument, options->lock_file);
  add_install_options(parser, options->install);
  add_bundle_option(parser, options->install);
  parser.option(k_python_option, options->python);
  parser.option(k_variant_option, options->variant);
  parser.option({"--extra", "NAME", "With that extra of the lock; repeatable"}, options->extras);
  parser.option({"--group", "NAME", "With that dependency group of the lock, beside its default ones; repeatable"}, options->groups);
  parser.option(k_allow_build_option, options->buildable);
  parser.flag("--frozen", options->frozen, "Refuse a lock with hashes that no index gave");
  return [options](Application& application) { return run(application, *options); };
}

}  // namespace

extern const Command sync_command;
const Command sync_command{"sync", "Make an environment exactly what a lock file says", define};

}  // namespace torchup
