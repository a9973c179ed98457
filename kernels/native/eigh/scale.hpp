#pragma once
// What a symmetric matrix is divided by before it is decomposed. Used by batched_eigen.cpp.

#include <cstddef>

namespace torchup::native {

/// The power of two that brings the largest element of the lower triangle near 1, so that squares neither overflow nor vanish: exact
/// to divide by. 1 for zeros; no number where an element is none, or infinite.
float power_of_two_scale(const float* matrix, std::size_t n);

}  // namespace torchup::native
