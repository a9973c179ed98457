// torchup sync: make an environment exactly what a lock says.

#include "torchup/probes/probe.hpp"

#include "src/commands/command.hpp"
#include "src/commands/environment_options.hpp"
#include "src/commands/install_options.hpp"
#include "src/commands/lock_file.hpp"

namespace torchup {
namespace {

struct Options {
  InstallOptions install;
  std::string lock_file = "pylock.toml";
  std::string python;
};

Result<int> run(Application& application, const Options& options) {
  TORCHUP_TRY_ASSIGN(Lockfile lock, read_lock_file(application, options.lock_file));
  const auto root = environment_root(application, options.install.env);
  const HostFacts facts = probe_host(application.this_host());
  TORCHUP_TRY_ASSIGN(const Python python, choose_python(facts, options.python.empty() ? python_of_environment(root) : options.python));
  TORCHUP_TRY_ASSIGN(Target target, make_target(facts, python));
  return install_lock(application, options.install, {.lock = std::move(lock), .root = root, .target = std::move(target), .command = "sync"},
                      nullptr);
}

Action define(Parser& parser) {
  auto options = std::make_shared<Options>();
  parser.argument(k_lock_argument, options->lock_file);
  add_install_options(parser, options->install);
  parser.option(k_python_option, options->python);
  return [options](Application& application) { return run(application, *options); };
}

}  // namespace

extern const Command sync_command;
const Command sync_command{"sync", "Make an environment exactly what a lock file says", define};

}  // namespace torchup
