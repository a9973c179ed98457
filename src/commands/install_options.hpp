#pragma once
// What `install` and `sync` share: the options of a command that changes an environment, and the way from a lock to a
// report, with the plan shown before anything is done.

#include "src/commands/application.hpp"
#include "src/commands/parser.hpp"
#include "src/pipeline.hpp"

#include <optional>
#include <string>
#include <vector>

namespace torchup {

struct InstallOptions {
  std::string env;
  std::string lock_file;  ///< Where the lock is written to as well; empty for nowhere.
  std::vector<std::string> mirrors;
  std::string rate;                   ///< Of downloads, a second; empty for no limit.
  std::optional<Foreign> foreign;     ///< Nothing: as the command has it.
  std::optional<LinkMode> link_mode;  ///< Nothing: as the configuration has it.
  bool yes = false, dry_run = false, no_validate = false, in_place = false;
};

void add_install_options(Parser& parser, InstallOptions& options);

/// The interpreter of an existing environment where --python does not name another: "" for none yet.
std::string python_of_environment(const std::filesystem::path& root);

/// Writes the lock where the options say so; a dry run writes nothing.
Status keep_lock(const InstallOptions& options, const Lockfile& lock);

/// Resolves what is wished for, prints how it came about, and goes on with `install_lock`; no solution is explained, and exit code
/// 4. `command` is for the ledger.
Result<int> lock_and_install(Application& application, const InstallOptions& options, const LockWish& wish,
                             const std::filesystem::path& root, const std::string& command);

/// Plans, shows, asks, carries out, and prints the report. `locked` is how the lock came about, where it was just made.
Result<int> install_lock(Application& application, const InstallOptions& options, InstallWish wish, const Locked* locked);

}  // namespace torchup
