#pragma once
// The innermost loop of a matrix product: a tile of C held in registers while the packed panels of A and B run past it. The
// body, compiled once for each instruction set by product_tile_SET.cpp.

#include "kernels/native/lanes.hpp"

#include <cstddef>
#include <cstdint>

namespace torchup::native {

/// C[i][j] += sum over p < depth of a[p][i] b[p][j], for a tile of `rows` x `columns`; a is packed depth x rows, b depth x columns.
template <class T>
struct ProductTile {
  void (*add)(std::int64_t depth, const T* a, const T* b, T* c, std::ptrdiff_t c_step);
  int rows, columns;
};

constexpr int k_largest_tile_elements = 14 * 32;

enum class Into { add, set };

template <class Set, class T, int tile_rows>
struct ProductTileBody {
  using Lane = Lanes<Set, T>;
  using Vector = typename Lane::Vector;
  static constexpr int k_lanes = static_cast<int>(Lane::k_count);
  static constexpr int k_columns = 2 * k_lanes;
  static constexpr int k_line = 64 / static_cast<int>(sizeof(T));  // elements of a cache line
  static constexpr int k_ahead = 8 * k_line;                       // how far ahead A, which comes from the second cache, is asked for

  template <Into into>
  static void run(std::int64_t depth, const T* a, const T* b, T* c, std::ptrdiff_t c_step) {
    Vector left[tile_rows] = {};
    Vector right[tile_rows] = {};
#pragma GCC unroll 16
    for (int row = 0; row < tile_rows; ++row) __builtin_prefetch(c + row * c_step, 1);
    std::int64_t p = 0;
    for (; p + 4 <= depth; p += 4) {
#pragma GCC unroll 8
      for (int line = 0; line + k_line <= 4 * tile_rows; line += k_line) __builtin_prefetch(a + k_ahead + line);
#pragma GCC unroll 4
      for (int step = 0; step < 4; ++step) add_step(a + step * tile_rows, b + step * k_columns, left, right);
      a += 4 * tile_rows;
      b += 4 * k_columns;
    }
    for (; p < depth; ++p) {
      add_step(a, b, left, right);
      a += tile_rows;
      b += k_columns;
    }
#pragma GCC unroll 16
    for (int row = 0; row < tile_rows; ++row) {
      T* const to = c + row * c_step;
      Vector there{}, beside{};
      if constexpr (into == Into::add) {
        Lane::load(there, to);
        Lane::load(beside, to + k_lanes);
      }
      Lane::store(to, there + left[row]);
      Lane::store(to + k_lanes, beside + right[row]);
    }
  }

 private:
  [[gnu::always_inline]] static inline void add_step(const T* a, const T* b, Vector (&left)[tile_rows], Vector (&right)[tile_rows]) {
    Vector b_left, b_right;
    Lane::load(b_left, b);
    Lane::load(b_right, b + k_lanes);
#pragma GCC unroll 16
    for (int row = 0; row < tile_rows; ++row) {
      left[row] += a[row] * b_left;
      right[row] += a[row] * b_right;
    }
  }
};

template <class Set, class T, int tile_rows>
constexpr ProductTile<T> product_tile() {
  using Body = ProductTileBody<Set, T, tile_rows>;
  static_assert(tile_rows * Body::k_columns <= k_largest_tile_elements);
  return {&Body::template run<Into::add>, tile_rows, Body::k_columns};
}

}  // namespace torchup::native
