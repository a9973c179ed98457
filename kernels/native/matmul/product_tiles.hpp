#pragma once
// The register tiles of matrix products, one for each instruction set and type. Used by multiply.cpp.

#include "kernels/native/matmul/product_tile.hpp"

namespace torchup::native {

ProductTile<float> float_tile_baseline();
ProductTile<float> float_tile_avx2();
ProductTile<float> float_tile_avx512();
ProductTile<double> double_tile_baseline();
ProductTile<double> double_tile_avx2();
ProductTile<double> double_tile_avx512();

}  // namespace torchup::native
