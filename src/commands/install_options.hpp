#pragma once
// What `install` and `sync` share: the options of a command that changes an environment, and the way from a lock to a
// report, with the plan shown before anything is done.

#include "src/bundle_source.hpp"
#include "src/commands/application.hpp"
#include "src/commands/parser.hpp"
#include "src/pipeline.hpp"

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace torchup {

struct InstallOptions {
  std::string env;
  std::string lock_file;  ///< Where the lock is written to as well; empty for nowhere.
  std::vector<std::string> mirrors;
  std::string rate;                           ///< Of downloads, a second; empty for no limit.
  std::optional<Foreign> foreign;             ///< Nothing: as the command has it.
  std::optional<LinkMode> link_mode;          ///< Nothing: as the configuration has it.
  std::optional<double> speed_gate;           ///< As InstallWish has it. An option of `upgrade` only.
  std::string bundle_file;                    ///< What all wheels come from, in place of the network; empty for the network.
  std::shared_ptr<BundleSource> bundle = {};  ///< The same, once `open_bundle` has opened it.
  bool yes = false, dry_run = false, no_validate = false, in_place = false;
};

void add_install_options(Parser& parser, InstallOptions& options);

/// `--bundle`, for commands that call `open_bundle`.
void add_bundle_option(Parser& parser, InstallOptions& options);

/// Opens the bundle that the options name, if they do.
Status open_bundle(Application& application, InstallOptions& options);

/// The interpreter of an existing environment where --python does not name another: "" for none yet. ErrorKind::host where there is one
/// that cannot be read.
Result<std::string> python_of_environment(const std::filesystem::path& root);

/// Writes the lock where the options say so; a dry run writes nothing.
Status keep_lock(const InstallOptions& options, const Lockfile& lock);

/// Resolves what is wished for, prints how it came about, and goes on with `install_lock`; no solution is explained, and exit code
/// 4. `command` is for the ledger.
Result<int> lock_and_install(Application& application, const InstallOptions& options, const LockWish& wish,
                             const std::filesystem::path& root, const std::string& command);

/// The mirrors of the command line, then those of the configuration. What is no FROM=TO is ErrorKind::usage.
Result<std::vector<Mirror>> wanted_mirrors(const std::vector<std::string>& options, const Configuration& configuration);

/// Plans, shows, asks, carries out, and prints the report. `locked` is how the lock came about, where it was just made.
Result<int> install_lock(Application& application, const InstallOptions& options, InstallWish wish, const Locked* locked);

}  // namespace torchup
