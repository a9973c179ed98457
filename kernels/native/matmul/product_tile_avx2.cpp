#include "kernels/native/matmul/product_tiles.hpp"

#if defined(__x86_64__)

namespace torchup::native {

ProductTile<float> float_tile_avx2() { return product_tile<Avx2, float, 6>(); }
ProductTile<double> double_tile_avx2() { return product_tile<Avx2, double, 6>(); }

}  // namespace torchup::native

#endif
