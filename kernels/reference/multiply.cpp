#include "kernels/reference/multiply.hpp"

#include "kernels/reference/multiply_tile.hpp"

#include <algorithm>
#include <vector>

namespace torchup::reference {

namespace {

// Sizes that keep a panel of B in the first-level cache and a block of A in the second.
constexpr std::int64_t k_depth_block = 256;
constexpr std::int64_t k_row_block = 192;
constexpr std::int64_t k_column_block = 2048;

template <class T>
struct TileFunction {
  void (*run)(std::int64_t depth, const T* a, const T* b, T* out);
  int rows, columns;
  std::string_view instructions;
};

constexpr int k_largest_tile = 14 * 32;

template <class T>
void run_baseline(std::int64_t depth, const T* a, const T* b, T* out) {
  Tile<T, 16, 6>::run(depth, a, b, out);
}

#if defined(__x86_64__)
template <class T>
[[gnu::target("avx2,fma")]] void run_avx2(std::int64_t depth, const T* a, const T* b, T* out) {
  Tile<T, 32, 6>::run(depth, a, b, out);
}

template <class T>
[[gnu::target("avx512f")]] void run_avx512(std::int64_t depth, const T* a, const T* b, T* out) {
  Tile<T, 64, 14>::run(depth, a, b, out);
}
#endif

template <class T>
TileFunction<T> choose_tile() {
#if defined(__x86_64__)
  if (__builtin_cpu_supports("avx512f")) return {run_avx512<T>, 14, 128 / sizeof(T), "avx512"};
  if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) return {run_avx2<T>, 6, 64 / sizeof(T), "avx2"};
#endif
  return {run_baseline<T>, 6, 32 / sizeof(T), "baseline"};
}

/// Copies a block so that each panel of `width` lanes lies in the order in which the tile reads it, zeros beyond the edge.
/// Lanes are A's rows or B's columns.
template <class T>
void pack(const T* source, std::ptrdiff_t lane_step, std::ptrdiff_t depth_step, std::int64_t lanes, std::int64_t depth, int width,
          T* packed) {
  for (std::int64_t first = 0; first < lanes; first += width) {
    const auto filled = std::min<std::int64_t>(width, lanes - first);
    for (std::int64_t p = 0; p < depth; ++p) {
      const T* from = source + first * lane_step + p * depth_step;
      for (std::int64_t lane = 0; lane < filled; ++lane) packed[lane] = from[lane * lane_step];
      std::fill(packed + filled, packed + width, T{});
      packed += width;
    }
  }
}

template <class T>
void add_tile(const T* tile, int tile_columns, T* c, std::int64_t columns_of_c, std::int64_t rows, std::int64_t columns) {
  for (std::int64_t row = 0; row < rows; ++row) {
    for (std::int64_t column = 0; column < columns; ++column) c[row * columns_of_c + column] += tile[row * tile_columns + column];
  }
}

std::int64_t round_up(std::int64_t value, std::int64_t step) { return (value + step - 1) / step * step; }

template <class T>
void multiply_blocks(MatrixView<T> a, MatrixView<T> b, T* c, std::int64_t columns_of_c, std::int64_t rows, std::int64_t columns,
                     std::int64_t depth) {
  static const TileFunction<T> tile = choose_tile<T>();
  const auto widest_columns = round_up(std::min(columns, k_column_block), tile.columns);
  const auto tallest_rows = round_up(std::min(rows, k_row_block), tile.rows);
  const auto deepest = std::min(depth, k_depth_block);
  std::vector<T> packed_a(static_cast<std::size_t>(tallest_rows * deepest));
  std::vector<T> packed_b(static_cast<std::size_t>(widest_columns * deepest));
  alignas(64) T result[k_largest_tile];

  for (std::int64_t j = 0; j < columns; j += k_column_block) {
    const auto width = std::min(k_column_block, columns - j);
    for (std::int64_t p = 0; p < depth; p += k_depth_block) {
      const auto deep = std::min(k_depth_block, depth - p);
      pack(b.data + j * b.column_step + p * b.row_step, b.column_step, b.row_step, width, deep, tile.columns, packed_b.data());
      for (std::int64_t i = 0; i < rows; i += k_row_block) {
        const auto height = std::min(k_row_block, rows - i);
        pack(a.data + i * a.row_step + p * a.column_step, a.row_step, a.column_step, height, deep, tile.rows, packed_a.data());
        for (std::int64_t column = 0; column < width; column += tile.columns) {
          for (std::int64_t row = 0; row < height; row += tile.rows) {
            tile.run(deep, packed_a.data() + row * deep, packed_b.data() + column * deep, result);
            add_tile(result, tile.columns, c + (i + row) * columns_of_c + j + column, columns_of_c,
                     std::min<std::int64_t>(tile.rows, height - row), std::min<std::int64_t>(tile.columns, width - column));
          }
        }
      }
    }
  }
}

}  // namespace

void multiply_add(MatrixView<float> a, MatrixView<float> b, float* c, std::int64_t columns_of_c, std::int64_t rows, std::int64_t columns,
                  std::int64_t depth) {
  multiply_blocks(a, b, c, columns_of_c, rows, columns, depth);
}

void multiply_add(MatrixView<double> a, MatrixView<double> b, double* c, std::int64_t columns_of_c, std::int64_t rows, std::int64_t columns,
                  std::int64_t depth) {
  multiply_blocks(a, b, c, columns_of_c, rows, columns, depth);
}

std::string_view multiply_instructions() { return choose_tile<float>().instructions; }

}  // namespace torchup::reference
