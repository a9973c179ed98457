#pragma once
// Dense matrix product C += A B: float32, float64, and bfloat16 inputs summed in float32. Packed panels and register tiles
// (the scheme of GotoBLAS and BLIS), with blocks made for this machine's caches. The yardstick of matmul, and what attention
// and the eigenproblem are built on.

#include "kernels/native/execution.hpp"
#include "kernels/native/matmul/bfloat16.hpp"

#include <cstddef>
#include <cstdint>

namespace torchup::native {

/// A matrix somewhere in memory; a transposed one swaps the steps.
template <class T>
struct MatrixView {
  const T* data = nullptr;
  std::ptrdiff_t row_step = 0, column_step = 0;  ///< In elements.
};

template <class T>
MatrixView<T> row_major(const T* data, std::int64_t columns) {
  return {data, static_cast<std::ptrdiff_t>(columns), 1};
}

template <class T>
MatrixView<T> transposed(MatrixView<T> view) {
  return {view.data, view.column_step, view.row_step};
}

/// A is rows x depth, B depth x columns.
struct ProductSizes {
  std::int64_t rows = 0, columns = 0, depth = 0;
};

/// C += A B; C is row-major with `c_step` elements from row to row and must not overlap A or B.
void multiply_add(MatrixView<float> a, MatrixView<float> b, float* c, std::ptrdiff_t c_step, const ProductSizes& sizes,
                  const Execution& execution = {});
void multiply_add(MatrixView<double> a, MatrixView<double> b, double* c, std::ptrdiff_t c_step, const ProductSizes& sizes,
                  const Execution& execution = {});
void multiply_add(MatrixView<Bfloat16> a, MatrixView<Bfloat16> b, float* c, std::ptrdiff_t c_step, const ProductSizes& sizes,
                  const Execution& execution = {});

}  // namespace torchup::native
