#pragma once
// torchup cache verify: hashes the store. The cache command uses it.

#include "torchup/core/result.hpp"

namespace torchup {

class Application;

/// 1 where something was damaged.
Result<int> verify_cache(Application& application);

}  // namespace torchup
