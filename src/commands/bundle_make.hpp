#pragma once
// `torchup bundle` and `torchup bundle add`: what is taken from where, shown, and written.

#include "src/commands/application.hpp"
#include "src/commands/lock_options.hpp"
#include "src/commands/parser.hpp"

#include <string>
#include <vector>

namespace torchup {

struct BundleOptions {
  std::string lock = "pylock.toml";
  std::string output = "torchup-bundle.zip";
  std::vector<std::string> platforms, variants;
  std::string python, split, rate;
  bool dry_run = false;
};

struct BundleAddOptions {
  std::string file;
  LockOptions lock = {};  ///< Its requirements may be lock files too.
};

/// The options that both have; `add` sees them because its parser lies below.
void add_bundle_options(Parser& parser, BundleOptions& options);
void add_bundle_add_options(Parser& parser, BundleAddOptions& options);

Result<int> make_bundle_of_lock(Application& application, const BundleOptions& options);
Result<int> add_to_bundle(Application& application, const BundleOptions& options, const BundleAddOptions& adding);

}  // namespace torchup
