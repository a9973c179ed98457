#pragma once
// The one order that a lock's lists stand in, so that equal locks are equal bytes. Used by lock reading and writing.

#include "torchup/resolver/lockfile.hpp"

namespace torchup {

/// The same lock with every list sorted; doubles of plain names go.
Lockfile in_canonical_order(Lockfile lock);

}  // namespace torchup
