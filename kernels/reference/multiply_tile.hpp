#pragma once
// The innermost loop of a matrix product: a tile of rows x two vectors held in registers. Included by multiply.cpp only,
// which compiles it once for each instruction set.

#include <cstdint>
#include <cstring>

namespace torchup::reference {

template <class T, int vector_bytes, int tile_rows>
struct Tile {
  using Vector [[gnu::vector_size(vector_bytes)]] = T;
  static constexpr int k_lanes = vector_bytes / static_cast<int>(sizeof(T));
  static constexpr int k_rows = tile_rows;
  static constexpr int k_columns = 2 * k_lanes;

  /// out (k_rows x k_columns) = packed panel of A (depth x k_rows) times packed panel of B (depth x k_columns).
  [[gnu::always_inline]] static inline void run(std::int64_t depth, const T* a, const T* b, T* out) {
    Vector left[tile_rows] = {};
    Vector right[tile_rows] = {};
    for (std::int64_t p = 0; p < depth; ++p) {
      Vector b_left, b_right;
      std::memcpy(&b_left, b, sizeof(Vector));
      std::memcpy(&b_right, b + k_lanes, sizeof(Vector));
#pragma GCC unroll 16
      for (int row = 0; row < tile_rows; ++row) {
        left[row] += a[row] * b_left;
        right[row] += a[row] * b_right;
      }
      a += tile_rows;
      b += k_columns;
    }
#pragma GCC unroll 16
    for (int row = 0; row < tile_rows; ++row) {
      std::memcpy(out + row * k_columns, &left[row], sizeof(Vector));
      std::memcpy(out + row * k_columns + k_lanes, &right[row], sizeof(Vector));
    }
  }
};

}  // namespace torchup::reference
