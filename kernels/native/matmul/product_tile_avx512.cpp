#include "kernels/native/matmul/product_tiles.hpp"

#if defined(__x86_64__)

namespace torchup::native {

ProductTile<float> float_tile_avx512() { return product_tile<Avx512, float, 14>(); }
ProductTile<double> double_tile_avx512() { return product_tile<Avx512, double, 14>(); }

}  // namespace torchup::native

#endif
