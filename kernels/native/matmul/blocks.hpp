#pragma once
// How large the packed blocks of a matrix product are. Used by multiply.cpp.

#include <cstddef>
#include <cstdint>

namespace torchup::native {

/// Sizes in bytes of the caches of one core; guesses where the system does not tell.
struct CacheSizes {
  std::int64_t first = 32 << 10, second = 256 << 10, third = 4 << 20;
};

CacheSizes cache_sizes();

struct ProductBlocks {
  std::int64_t rows = 0, depth = 0, columns = 0;
};

/// A panel of B (depth x tile_columns) fills half of the first cache, a block of A (rows x depth) half of the second, a block of
/// B (depth x columns) half of the third: each leaves room for what runs past it. Rows and columns are multiples of the tile's.
ProductBlocks product_blocks(const CacheSizes& caches, std::size_t element_bytes, int tile_rows, int tile_columns);

}  // namespace torchup::native
