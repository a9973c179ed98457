#include "kernels/native/matmul/blocks.hpp"

#include <algorithm>
#include <unistd.h>

namespace torchup::native {

namespace {

std::int64_t told_or(long told, std::int64_t guess) { return told > 0 ? told : guess; }

std::int64_t multiple_of(std::int64_t step, std::int64_t value) { return std::max(value / step, std::int64_t{1}) * step; }

}  // namespace

CacheSizes cache_sizes() {
  CacheSizes sizes;
#if defined(_SC_LEVEL1_DCACHE_SIZE)
  sizes.first = told_or(::sysconf(_SC_LEVEL1_DCACHE_SIZE), sizes.first);
  sizes.second = told_or(::sysconf(_SC_LEVEL2_CACHE_SIZE), sizes.second);
  sizes.third = told_or(::sysconf(_SC_LEVEL3_CACHE_SIZE), sizes.third);
#endif
  return sizes;
}

ProductBlocks product_blocks(const CacheSizes& caches, std::size_t element_bytes, int tile_rows, int tile_columns) {
  const auto bytes = static_cast<std::int64_t>(element_bytes);
  ProductBlocks blocks;
  blocks.depth = std::clamp(caches.first / 2 / (tile_columns * bytes), std::int64_t{128}, std::int64_t{512});
  blocks.rows = multiple_of(tile_rows, std::min(caches.second / 2 / (blocks.depth * bytes), std::int64_t{1024}));
  blocks.columns = multiple_of(tile_columns, std::min(caches.third / 2 / (blocks.depth * bytes), std::int64_t{4096}));
  return blocks;
}

}  // namespace torchup::native
