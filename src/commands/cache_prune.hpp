#pragma once
// torchup cache prune: removes of the store what nobody needs any more. The cache command uses it.

#include "torchup/core/result.hpp"

#include <string>

namespace torchup {

class Application;
class Parser;

struct CachePruneOptions {
  std::string older_than, max_size;  ///< As given; empty where they were not.
  bool yes = false, dry_run = false;
};

void add_cache_prune_options(Parser& parser, CachePruneOptions& options);
Result<int> prune_cache(Application& application, const CachePruneOptions& options);

}  // namespace torchup
