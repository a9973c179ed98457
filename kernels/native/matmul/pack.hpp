#pragma once
// Copies a block of A or B into the order in which the register tile reads it. Used by multiply.cpp.

#include "kernels/native/matmul/bfloat16.hpp"

#include <cstddef>
#include <cstdint>

namespace torchup::native {

/// A block of a matrix, seen as `depth` steps of `lanes` elements; lanes are rows of A or columns of B.
struct PackedBlock {
  std::ptrdiff_t lane_step = 0, depth_step = 0;  ///< In elements.
  std::int64_t lanes = 0, depth = 0;
};

/// Panels of `width` lanes one after the other, in each of them step after step; zeros beyond the last lane. `packed` holds
/// lanes, rounded up to the width, times depth elements.
void pack(const float* from, const PackedBlock& block, int width, float* packed);
void pack(const double* from, const PackedBlock& block, int width, double* packed);
void pack(const Bfloat16* from, const PackedBlock& block, int width, float* packed);

}  // namespace torchup::native
