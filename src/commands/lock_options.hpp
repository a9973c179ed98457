#pragma once
// The options that `lock` and `install` share: what is wanted, for which interpreter, from where.

#include "src/commands/application.hpp"
#include "src/commands/parser.hpp"
#include "src/commands/wanted_files.hpp"
#include "src/pipeline.hpp"

#include <set>
#include <string>
#include <vector>

namespace torchup {

struct LockOptions {
  std::vector<std::string> requirements;
  WantedFiles files;
  std::string variant = "auto";
  bool fallback = false;
  std::vector<std::string> overrides;
  VersionOrder order = VersionOrder::highest;
  std::string python, index_url, torch_index_url, exclude_newer;
  PrereleasePolicy prereleases = PrereleasePolicy::if_necessary;
  bool no_repairs = false;
  std::vector<std::string> buildable;
};

/// Adds the options to a command's parser.
void add_lock_options(Parser& parser, LockOptions& options);

/// Those of them that do not say what is wanted, only how it is chosen.
void add_choice_options(Parser& parser, LockOptions& options);

/// The names that an option gives; what is no package name is ErrorKind::usage.
Result<std::set<PackageName>> package_names(const std::vector<std::string>& texts, std::string_view option);

/// What the pipeline is asked for. Files are read here; nothing asked for at all is ErrorKind::usage. What the command line says
/// of the index and of pre-releases counts before what a file says.
Result<LockWish> lock_wish(Application& application, const LockOptions& options);

/// The part of it that `add_choice_options` gives: nothing is asked for yet.
Result<LockWish> choice_wish(Application& application, const LockOptions& options);

/// What the stages may touch, as this application has it.
Ports pipeline_ports(Application& application);

/// No solution, as the error that ends a command: exit 4, the explanation as its message, its hints as hints.
Error unsolvable_error(const Explanation& explanation);

/// Prints the explanation and gives the exit code 4: with --json beside the error as `explanation` and `derivation`.
int report_unsolvable(Application& application, const Explanation& explanation);

}  // namespace torchup
