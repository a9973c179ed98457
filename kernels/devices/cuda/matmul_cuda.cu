// C = A B in float32: a block of threads makes 64 x 64 of C, a thread 4 x 4 of them, from tiles in shared memory.
// Not yet run on a GPU.

#include "kernels/devices/cuda/launch.cuh"

namespace torchup::cuda {

namespace {

constexpr int k_tile = 64, k_step = 16, k_each = 4, k_side = k_tile / k_each;

__global__ void multiply(int rows, int columns, int depth, const float* a, const float* b, float* c) {
  __shared__ float a_tile[k_step][k_tile + 1];
  __shared__ float b_tile[k_step][k_tile];
  const int first_row = static_cast<int>(blockIdx.y) * k_tile, first_column = static_cast<int>(blockIdx.x) * k_tile;
  const int thread = static_cast<int>(threadIdx.x), x = thread % k_side, y = thread / k_side;
  float sums[k_each][k_each] = {};
  for (int p = 0; p < depth; p += k_step) {
    for (int i = thread; i < k_tile * k_step; i += k_side * k_side) {
      const int row = i / k_step, k = i % k_step;
      a_tile[k][row] = first_row + row < rows && p + k < depth ? a[static_cast<std::size_t>(first_row + row) * depth + p + k] : 0.0F;
      const int b_k = i / k_tile, column = i % k_tile;
      b_tile[b_k][column] = first_column + column < columns && p + b_k < depth
                                ? b[static_cast<std::size_t>(p + b_k) * columns + first_column + column]
                                : 0.0F;
    }
    __syncthreads();
#pragma unroll
    for (int k = 0; k < k_step; ++k) {
      for (int i = 0; i < k_each; ++i) {
        for (int j = 0; j < k_each; ++j) sums[i][j] += a_tile[k][y + i * k_side] * b_tile[k][x + j * k_side];
      }
    }
    __syncthreads();
  }
  for (int i = 0; i < k_each; ++i) {
    for (int j = 0; j < k_each; ++j) {
      const int row = first_row + y + i * k_side, column = first_column + x + j * k_side;
      if (row < rows && column < columns) c[static_cast<std::size_t>(row) * columns + column] = sums[i][j];
    }
  }
}

bool fits(const std::int64_t* sizes) {
  for (int i = 0; i < 3; ++i) {
    if (sizes[i] < 1 || sizes[i] > 65'535) return false;
  }
  return true;
}

cudaError_t start(const Arrays& arrays) {
  const auto rows = static_cast<int>(arrays.sizes[0]), columns = static_cast<int>(arrays.sizes[1]),
             depth = static_cast<int>(arrays.sizes[2]);
  multiply<<<dim3(blocks_for(columns, k_tile), blocks_for(rows, k_tile)), k_side * k_side>>>(rows, columns, depth, arrays.inputs[0],
                                                                                             arrays.inputs[1], arrays.outputs[0]);
  return cudaGetLastError();
}

}  // namespace

const CudaKernel matmul_cuda{"matmul", 3, 2, 1, fits, start};

}  // namespace torchup::cuda
