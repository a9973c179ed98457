#pragma once
// What of a lock a program in C++ needs: torch, and the packages that bring it libraries.

#include "torchup/resolver/lockfile.hpp"
#include "torchup/resolver/tag.hpp"

#include <vector>

namespace torchup {

/// The lock's packages without those that only Python needs. A wheel that is for one platform and for any Python (`py3-none-manylinux…`)
/// holds libraries, as those of NVIDIA, Intel and AMD do; one for any platform, or for one Python, is Python's. torch itself stays.
Lockfile native_packages(Lockfile lock);

}  // namespace torchup
