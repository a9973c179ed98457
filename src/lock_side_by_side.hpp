#pragma once
// The targets of one lock, all at once: what one asks the index for is often what the others need, and they wait for it together.
// make_lock.cpp calls it.

#include "src/lock_pipeline.hpp"

#include <string>
#include <variant>
#include <vector>

namespace torchup {

struct NamedTarget {
  LockTarget target;
  std::string name;  ///< "linux-x86_64, Python 3.12, cu130": for messages.
};

/// Each target's lock, in order; or why the first of them that has no solution has none. What fails first in that order is the failure.
/// Nothing of it depends on what the index answers first, the order of what is said included.
Result<std::variant<std::vector<Locked>, Explanation>> lock_side_by_side(const Ports& ports, const LockWish& wish,
                                                                         std::vector<NamedTarget> targets, IndexClient& client);

}  // namespace torchup
