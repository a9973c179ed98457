#include "kernels/native/matmul/product_tiles.hpp"

namespace torchup::native {

ProductTile<float> float_tile_baseline() { return product_tile<Baseline, float, 6>(); }
ProductTile<double> double_tile_baseline() { return product_tile<Baseline, double, 6>(); }

}  // namespace torchup::native
