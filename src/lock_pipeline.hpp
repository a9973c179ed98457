#pragma once
// The first half of the spine for one target: choose, resolve, lock. make_lock.cpp calls it for each target of a lock.

#include "src/index/index_client.hpp"
#include "src/pipeline.hpp"

#include <string>

namespace torchup {

/// What one resolution is for.
struct LockTarget {
  HostFacts facts;  ///< Its own machine: this one, a recorded one, or one that is only named.
  Target target;
  std::string variant = "auto";
  bool is_here = false;  ///< Its interpreter is one of this machine: it can build what has no wheel.
};

/// choose, resolve, lock, as `make_lock` does for the whole.
Result<LockOutcome> lock_for_target(const Ports& ports, const LockWish& wish, LockTarget target, IndexClient& client);

}  // namespace torchup
