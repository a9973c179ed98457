#pragma once
// The first half of the spine for one target: choose, resolve, lock. make_lock.cpp begins it for each target of a lock.

#include "src/index/index_client.hpp"
#include "src/pipeline.hpp"

#include <functional>
#include <optional>
#include <string>

namespace torchup {

/// What one resolution is for.
struct LockTarget {
  HostFacts facts;  ///< Its own machine: this one, a recorded one, or one that is only named.
  Target target;
  std::string variant = "auto";
  bool is_here = false;  ///< Its interpreter is one of this machine: it can build what has no wheel.
};

/// Goes on with a lock as far as it can without waiting. Nothing where its index client must be driven first; not to be called again
/// after an outcome or a failure.
using LockSteps = std::function<Result<std::optional<LockOutcome>>()>;

/// choose, resolve, lock, as `make_lock` does for the whole. Choosing is done at once, the rest in steps, so that several targets wait
/// for the index together. All references must outlive the steps.
Result<LockSteps> begin_lock(const Ports& ports, const LockWish& wish, LockTarget target, IndexClient& client);

}  // namespace torchup
