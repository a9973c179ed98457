#pragma once
// Dense matrix product in float32 (the yardstick) and float64 (the truth): cache-blocked, with register tiles for
// SSE2/NEON, AVX2 and AVX-512, chosen once by what the CPU has. One thread. Used by the kernels only.

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace torchup::reference {

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

/// C += A B, with A of rows x depth, B of depth x columns, and C row-major with `columns_of_c` elements a row.
void multiply_add(MatrixView<float> a, MatrixView<float> b, float* c, std::int64_t columns_of_c, std::int64_t rows, std::int64_t columns,
                  std::int64_t depth);
void multiply_add(MatrixView<double> a, MatrixView<double> b, double* c, std::int64_t columns_of_c, std::int64_t rows, std::int64_t columns,
                  std::int64_t depth);

/// The register tile in use: "avx512", "avx2" or "baseline".
std::string_view multiply_instructions();

}  // namespace torchup::reference
