// torchup install: resolve, lock, fetch, verify, install, validate, record, in one transaction.

#include "src/commands/command.hpp"
#include "src/commands/environment_options.hpp"
#include "src/commands/files.hpp"
#include "src/commands/install_options.hpp"
#include "src/commands/lock_options.hpp"
#include "src/commands/print_lock.hpp"

namespace torchup {
namespace {

struct Options {
  LockOptions lock;
  InstallOptions install;
  std::string lock_file;
};

Result<int> run(Application& application, const Options& options) {
  if (!application.host_is_this()) {
    return failure(
        {ErrorKind::usage, "an environment can only be made on this host", {}, {"`torchup lock --host DIR` locks for another one"}});
  }
  TORCHUP_TRY_ASSIGN(LockWish wish, lock_wish(application, options.lock));
  wish.python_is_here = true;
  const auto root = environment_root(application, options.install.env);
  if (wish.python.empty()) wish.python = python_of_environment(root);
  TORCHUP_TRY_ASSIGN(LockOutcome outcome, make_lock(pipeline_ports(application), wish));
  if (const auto* explanation = std::get_if<Explanation>(&outcome)) return report_unsolvable(application, *explanation);
  const auto& locked = std::get<Locked>(outcome);
  if (!application.options().json && !application.options().quiet) application.print(lock_text(locked, application.out()));
  if (!options.lock_file.empty() && !options.install.dry_run) TORCHUP_TRY(write_text_file(options.lock_file, write_lock(locked.lock)));
  return install_lock(application, options.install,
                      {.lock = locked.lock,
                       .root = root,
                       .target = locked.target,
                       .buildable = wish.buildable,
                       .command = "install",
                       .resolve_seconds = locked.seconds},
                      &locked);
}

Action define(Parser& parser) {
  auto options = std::make_shared<Options>();
  add_lock_options(parser, options->lock);
  add_install_options(parser, options->install);
  parser.option({"--lock", "FILE", "Also write the lock to FILE"}, options->lock_file);
  return [options](Application& application) { return run(application, *options); };
}

}  // namespace

extern const Command install_command;
const Command install_command{"install", "Resolve, download, verify, install and validate", define};

}  // namespace torchup
