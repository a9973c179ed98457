#pragma once
// Splits work that needs no talking between its parts over threads. Used by the native kernels.

#include <cstdint>
#include <functional>

namespace torchup::native {

/// Calls `part(first, count)` for parts that together are 0..extent, each on a thread of its own, as many as `threads` but none
/// smaller than `least`; the calling thread takes the first. Returns when all have returned. `part` must not throw.
void for_each_part(std::int64_t extent, std::int64_t least, unsigned threads, const std::function<void(std::int64_t, std::int64_t)>& part);

}  // namespace torchup::native
