#pragma once
// Judges a matrix product against the exact one, and says what an error looks like. Used by the matmul kernel.

#include "torchup/kernels/kernel.hpp"

#include "kernels/native/matmul/multiply.hpp"

namespace torchup::reference {

/// `a` is rows x depth, `b` depth x columns, `c` what was computed of them, all of one element type. The measure is the error of
/// an element over what its roundings may come to: sqrt(depth) u |A||B| of the type that sums, and for types of 16 bits the one
/// rounding of the result.
ErrorMeasurement judge_product(const native::ProductSizes& sizes, const Tensor& a, const Tensor& b, const Tensor& c);

}  // namespace torchup::reference
