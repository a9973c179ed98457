// torchup sync: make an environment exactly what a lock says.

#include "torchup/probes/probe.hpp"
#include "torchup/resolver/universal_lock.hpp"
#include "torchup/resolver/variant_needs.hpp"

#include "src/commands/command.hpp"
#include "src/commands/environment_options.hpp"
#include "src/commands/install_options.hpp"
#include "src/commands/lock_file.hpp"

#include <fmt/format.h>

namespace torchup {
namespace {

struct Options {
  InstallOptions install;
  std::string lock_file = "pylock.toml";
  std::string python, variant;
};

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
  }
  target.markers.extras = {extra_of_variant(lock.tool.variant)};
  return {};
}

Result<int> run(Application& application, const Options& options) {
  TORCHUP_TRY_ASSIGN(Lockfile lock, read_lock_file(application, options.lock_file));
  const auto root = environment_root(application, options.install.env);
  const HostFacts facts = probe_host(application.this_host());
  TORCHUP_TRY_ASSIGN(const Python python, choose_python(facts, options.python.empty() ? python_of_environment(root) : options.python));
  TORCHUP_TRY_ASSIGN(Target target, make_target(facts, python));
  TORCHUP_TRY(select_variant(application, lock, facts, target, options.variant));
  for (const auto& needs : lock.tool.needs) {
    if (needs.variant != lock.tool.variant || needs.platform != target.platform) continue;
    for (const auto& unmet : unmet_needs(needs, facts)) application.diagnostics().warn(fmt::format("the lock's {}", unmet));
  }
  return install_lock(application, options.install, {.lock = std::move(lock), .root = root, .target = std::move(target), .command = "sync"},
                      nullptr);
}

Action define(Parser& parser) {
  auto options = std::make_shared<Options>();
  parser.argument(k_lock_argument, options->lock_file);
  add_install_options(parser, options->install);
  parser.option(k_python_option, options->python);
  parser.option(k_variant_option, options->variant);
  return [options](Application& application) { return run(application, *options); };
}

}  // namespace

extern const Command sync_command;
const Command sync_command{"sync", "Make an environment exactly what a lock file says", define};

}  // namespace torchup
