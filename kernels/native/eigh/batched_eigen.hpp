#pragma once
// Eigenvalues and eigenvectors of symmetric float32 matrices: several small ones at a time, large or few ones by themselves. Used by
// the eigh kernel.

#include "kernels/native/execution.hpp"

#include <cstddef>
#include <span>

namespace torchup::native {

/// `matrices` holds batch x n x n elements, row-major, of which the lower triangles are read. Eigenvalues ascend (batch x n);
/// column j of `vectors` (batch x n x n) belongs to the j-th. A matrix that holds what is no number, or an infinity, or does
/// not converge, gets eigenvalues and vectors that are no numbers; the others are not touched by that.
void batched_eigen(std::size_t batch, std::size_t n, std::span<const float> matrices, std::span<float> values, std::span<float> vectors,
                   const Execution& execution = {});

}  // namespace torchup::native
