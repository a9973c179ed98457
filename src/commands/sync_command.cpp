// torchup sync: make an environment exactly what a lock says.

#include "torchup/probes/probe.hpp"

#include "src/commands/command.hpp"
#include "src/commands/environment_options.hpp"
#include "src/commands/files.hpp"
#include "src/commands/install_options.hpp"

namespace torchup {
namespace {

struct Options {
  InstallOptions install;
  std::string lock_file = "pylock.toml";
  std::string python;
};

Result<int> run(Application& application, const Options& options) {
  TORCHUP_TRY_ASSIGN(const std::string text, read_text_file(options.lock_file));
  TORCHUP_TRY_ASSIGN(Lockfile lock, with_context(read_lock(text), fmt::format("while reading `{}`", options.lock_file)));
  for (const auto& key : lock.unknown_keys)
    application.diagnostics().warn(fmt::format("`{}` has a key that PEP 751 does not know: `{}`", options.lock_file, key));
  const auto root = environment_root(application, options.install.env);
  const HostFacts facts = probe_host(application.this_host());
  TORCHUP_TRY_ASSIGN(const Python python, choose_python(facts, options.python.empty() ? python_of_environment(root) : options.python));
  TORCHUP_TRY_ASSIGN(Target target, make_target(facts, python));
  return install_lock(application, options.install, {.lock = std::move(lock), .root = root, .target = std::move(target), .command = "sync"},
                      nullptr);
}

Action define(Parser& parser) {
  auto options = std::make_shared<Options>();
  parser.argument({"lock", "PYLOCK", "The lock; pylock.toml where none is named"}, options->lock_file);
  add_install_options(parser, options->install);
  parser.option(k_python_option, options->python);
  return [options](Application& application) { return run(application, *options); };
}

}  // namespace

extern const Command sync_command;
const Command sync_command{"sync", "Make an environment exactly what a lock file says", define};

}  // namespace torchup
