// torchup install: resolve, lock, fetch, verify, install, validate, record, in one transaction.

#include "src/commands/command.hpp"
#include "src/commands/environment_options.hpp"
#include "src/commands/former_lock.hpp"
#include "src/commands/install_options.hpp"
#include "src/commands/lock_options.hpp"
#include "src/host_python.hpp"

namespace torchup {
namespace {

struct Options {
  LockOptions lock;
  InstallOptions install;
};

/// What the environment was made from, where that is all that is asked for: nothing is resolved then, and no index is asked.
Result<std::optional<InstallWish>> answered(Application& application, const LockWish& wish, const Lockfile& former) {
  TORCHUP_TRY_ASSIGN(Target target, probe_target_of_python(application.this_host(), wish.python));
  if (!is_answered(wish, former, target.markers)) return std::nullopt;
  return InstallWish{.lock = former, .root = {}, .target = std::move(target), .buildable = wish.buildable, .command = "install"};
}

/// What the environment was made from stays asked for; the wish adds to it.
Result<std::optional<InstallWish>> add_to(Application& application, const Lockfile& former, LockWish& wish) {
  if (is_kept_variant(wish.variant, former)) {
    TORCHUP_TRY_ASSIGN(std::optional<InstallWish> held, answered(application, wish, former));
    if (held) return held;
  }
  if (wish.variant.empty()) wish.variant = kept_variant(former);
  TORCHUP_TRY(keep_requests(wish, former));
  return std::nullopt;
}

/// Everything is asked of the bundle, as the lock in it for this host has it.
Status ask_the_bundle(Application& application, const InstallOptions& options, LockWish& wish) {
  TORCHUP_TRY_ASSIGN(const auto host, probe_host_python(application.this_host(), wish.python));
  TORCHUP_TRY_ASSIGN(const Target target, make_target(host.facts, host.python));
  TORCHUP_TRY_ASSIGN(const BundledChoice choice, options.bundle->choose(host.facts, target.markers, wish.variant));
  return options.bundle->direct(wish, choice, target.markers);
}

Result<int> run(Application& application, Options options) {
  if (!application.host_is_this()) {
    return failure(
        {ErrorKind::usage, "an environment can only be made on this host", {}, {"`torchup lock --host DIR` locks for another one"}});
  }
  TORCHUP_TRY(open_bundle(application, options.install));
  TORCHUP_TRY_ASSIGN(LockWish wish, lock_wish(application, options.lock));
  wish.python_is_here = true;
  const auto root = environment_root(application, options.install.env);
  if (wish.python.empty()) {
    TORCHUP_TRY_ASSIGN(wish.python, python_of_environment(root));
  }
  TORCHUP_TRY_ASSIGN(const std::optional<Lockfile> former, lock_of_environment(root));
  if (former) {
    TORCHUP_TRY_ASSIGN(std::optional<InstallWish> held, add_to(application, *former, wish));
    if (held) {
      held->root = root;
      TORCHUP_TRY(keep_lock(options.install, held->lock));
      return install_lock(application, options.install, *std::move(held), nullptr);
    }
  }
  if (wish.variant.empty()) wish.variant = "auto";
  if (options.install.bundle) TORCHUP_TRY(ask_the_bundle(application, options.install, wish));
  return lock_and_install(application, options.install, wish, root, "install");
}

Action define(Parser& parser) {
  auto options = std::make_shared<Options>();
  options->lock.variant.clear();  // the one that the environment has, if there is one
  add_lock_options(parser, options->lock);
  add_install_options(parser, options->install);
  add_bundle_option(parser, options->install);
  parser.option({"--lock", "FILE", "Also write the lock to FILE"}, options->install.lock_file);
  return [options](Application& application) { return run(application, *options); };
}

}  // namespace

extern const Command install_command;
const Command install_command{"install", "Resolve, download, verify, install and validate", define};

}  // namespace torchup
