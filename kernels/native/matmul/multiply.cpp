#include "kernels/native/matmul/multiply.hpp"

#include "kernels/native/aligned_buffer.hpp"
#include "kernels/native/matmul/blocks.hpp"
#include "kernels/native/matmul/pack.hpp"
#include "kernels/native/matmul/product_tiles.hpp"
#include "kernels/native/parallel.hpp"

#include <algorithm>

namespace torchup::native {

namespace {

ProductTile<float> tile_for(InstructionSet set, float) {
#if defined(__x86_64__)
  if (set == InstructionSet::avx512) return float_tile_avx512();
  if (set == InstructionSet::avx2) return float_tile_avx2();
#endif
  static_cast<void>(set);
  return float_tile_baseline();
}

ProductTile<double> tile_for(InstructionSet set, double) {
#if defined(__x86_64__)
  if (set == InstructionSet::avx512) return double_tile_avx512();
  if (set == InstructionSet::avx2) return double_tile_avx2();
#endif
  static_cast<void>(set);
  return double_tile_baseline();
}

std::int64_t round_up(std::int64_t value, std::int64_t step) { return (value + step - 1) / step * step; }

template <class T>
struct Target {
  T* values;
  std::ptrdiff_t step;
};

/// One tile at the lower or right edge of C: the whole tile is computed beside it, and what belongs to C is added.
template <class T>
void add_edge(const ProductTile<T>& tile, std::int64_t depth, const T* a, const T* b, Target<T> c, std::int64_t rows,
              std::int64_t columns) {
  alignas(64) T whole[k_largest_tile_elements] = {};
  tile.add(depth, a, b, whole, tile.columns);
  for (std::int64_t row = 0; row < rows; ++row) {
    for (std::int64_t column = 0; column < columns; ++column) c.values[row * c.step + column] += whole[row * tile.columns + column];
  }
}

/// Asks for the next panel of B, a share of it before each tile, so that the tiles need not wait for a distant cache.
template <class T>
class NextPanel {
 public:
  NextPanel(const T* panel, std::int64_t elements, std::int64_t tiles)
      : m_at(panel), m_end(panel + elements), m_share(round_up((elements + tiles - 1) / tiles, k_line)) {}

  void ask_for_share() {
    const T* const until = m_end - m_at < m_share ? m_end : m_at + m_share;
    for (; m_at < until; m_at += k_line) __builtin_prefetch(m_at, 0, 2);
  }

 private:
  static constexpr std::int64_t k_line = 64 / sizeof(T);
  const T* m_at;
  const T* m_end;
  std::int64_t m_share;
};

/// C += the product of a packed block of A and a packed block of B.
template <class T>
void add_block(const ProductTile<T>& tile, const T* packed_a, const T* packed_b, Target<T> c, const ProductSizes& block) {
  const std::int64_t panel_elements = tile.columns * block.depth;
  const std::int64_t tiles = (block.rows + tile.rows - 1) / tile.rows;
  for (std::int64_t column = 0; column < block.columns; column += tile.columns) {
    const bool last = column + tile.columns >= block.columns;
    NextPanel<T> next(packed_b + (column + (last ? 0 : tile.columns)) * block.depth, last ? 0 : panel_elements, tiles);
    const std::int64_t columns = std::min<std::int64_t>(tile.columns, block.columns - column);
    for (std::int64_t row = 0; row < block.rows; row += tile.rows) {
      const std::int64_t rows = std::min<std::int64_t>(tile.rows, block.rows - row);
      const T* const a = packed_a + row * block.depth;
      const T* const b = packed_b + column * block.depth;
      next.ask_for_share();
      const Target<T> to{c.values + row * c.step + column, c.step};
      if (rows == tile.rows && columns == tile.columns) {
        tile.add(block.depth, a, b, to.values, to.step);
      } else {
        add_edge(tile, block.depth, a, b, to, rows, columns);
      }
    }
  }
}

/// The part of an extent that each step takes so that all parts are about as large, none above `most`.
std::int64_t even_part(std::int64_t extent, std::int64_t most, std::int64_t step) {
  const std::int64_t parts = (extent + most - 1) / most;
  return std::min(round_up((extent + parts - 1) / parts, step), most);
}

template <class From, class T>
void multiply_on_one_thread(MatrixView<From> a, MatrixView<From> b, Target<T> c, const ProductSizes& sizes, InstructionSet set) {
  if (sizes.rows <= 0 || sizes.columns <= 0 || sizes.depth <= 0) return;
  static const CacheSizes caches = cache_sizes();
  const ProductTile<T> tile = tile_for(set, T{});
  const ProductBlocks most = product_blocks(caches, sizeof(T), tile.rows, tile.columns);
  const std::int64_t block_columns = even_part(sizes.columns, most.columns, tile.columns);
  const std::int64_t block_rows = even_part(sizes.rows, most.rows, tile.rows);
  const std::int64_t block_depth = even_part(sizes.depth, most.depth, 1);
  const AlignedBuffer<T> packed_a(static_cast<std::size_t>(block_rows * block_depth));
  const AlignedBuffer<T> packed_b(static_cast<std::size_t>(block_columns * block_depth));

  for (std::int64_t j = 0; j < sizes.columns; j += block_columns) {
    const std::int64_t columns = std::min(block_columns, sizes.columns - j);
    for (std::int64_t p = 0; p < sizes.depth; p += block_depth) {
      const std::int64_t depth = std::min(block_depth, sizes.depth - p);
      pack(b.data + j * b.column_step + p * b.row_step, {b.column_step, b.row_step, columns, depth}, tile.columns, packed_b.get());
      for (std::int64_t i = 0; i < sizes.rows; i += block_rows) {
        const std::int64_t rows = std::min(block_rows, sizes.rows - i);
        pack(a.data + i * a.row_step + p * a.column_step, {a.row_step, a.column_step, rows, depth}, tile.rows, packed_a.get());
        add_block(tile, packed_a.get(), packed_b.get(), {c.values + i * c.step + j, c.step}, {rows, columns, depth});
      }
    }
  }
}

/// Threads share the longer side of C and pack for themselves, so that they never wait for one another.
template <class From, class T>
void multiply(MatrixView<From> a, MatrixView<From> b, Target<T> c, const ProductSizes& sizes, const Execution& execution) {
  constexpr std::int64_t k_least_part = 64;
  const bool by_rows = sizes.rows >= sizes.columns;
  for_each_part(by_rows ? sizes.rows : sizes.columns, k_least_part, execution.threads, [&](std::int64_t first, std::int64_t count) {
    if (by_rows) {
      multiply_on_one_thread(MatrixView<From>{a.data + first * a.row_step, a.row_step, a.column_step}, b,
                             Target<T>{c.values + first * c.step, c.step}, {count, sizes.columns, sizes.depth}, execution.instructions);
    } else {
      multiply_on_one_thread(a, MatrixView<From>{b.data + first * b.column_step, b.row_step, b.column_step},
                             Target<T>{c.values + first, c.step}, {sizes.rows, count, sizes.depth}, execution.instructions);
    }
  });
}

}  // namespace

void multiply_add(MatrixView<float> a, MatrixView<float> b, float* c, std::ptrdiff_t c_step, const ProductSizes& sizes,
                  const Execution& execution) {
  multiply(a, b, Target<float>{c, c_step}, sizes, execution);
}

void multiply_add(MatrixView<double> a, MatrixView<double> b, double* c, std::ptrdiff_t c_step, const ProductSizes& sizes,
                  const Execution& execution) {
  multiply(a, b, Target<double>{c, c_step}, sizes, execution);
}

void multiply_add(MatrixView<Bfloat16> a, MatrixView<Bfloat16> b, float* c, std::ptrdiff_t c_step, const ProductSizes& sizes,
                  const Execution& execution) {
  multiply(a, b, Target<float>{c, c_step}, sizes, execution);
}

}  // namespace torchup::native
