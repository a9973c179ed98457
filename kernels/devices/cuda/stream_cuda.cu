// Products and sums of arrays, the triad, and multiplications with additions in registers. Not yet run on a GPU.

#include "kernels/devices/cuda/launch.cuh"

namespace torchup::cuda {

namespace {

constexpr int k_threads = 256, k_blocks = 1024, k_chains = 12;

__global__ void multiply_elements(std::int64_t count, const float* a, const float* b, float* out) {
  const std::int64_t step = static_cast<std::int64_t>(gridDim.x) * k_threads;
  for (std::int64_t i = static_cast<std::int64_t>(blockIdx.x) * k_threads + threadIdx.x; i < count; i += step) out[i] = a[i] * b[i];
}

__global__ void add_scaled(std::int64_t count, const float* a, const float* b, float* out) {
  const std::int64_t step = static_cast<std::int64_t>(gridDim.x) * k_threads;
  for (std::int64_t i = static_cast<std::int64_t>(blockIdx.x) * k_threads + threadIdx.x; i < count; i += step) out[i] = a[i] + 3 * b[i];
}

/// One block, so that the order of additions is the same in every run; float64, so that it does not matter much.
__global__ void add_up(std::int64_t count, const float* values, float* out) {
  __shared__ double sums[k_blocks];
  double sum = 0;
  for (std::int64_t i = threadIdx.x; i < count; i += k_blocks) sum += static_cast<double>(values[i]);
  sums[threadIdx.x] = sum;
  for (unsigned half = k_blocks / 2; half > 0; half /= 2) {
    __syncthreads();
    if (threadIdx.x < half) sums[threadIdx.x] += sums[threadIdx.x + half];
  }
  if (threadIdx.x == 0) *out = static_cast<float>(sums[0]);
}

/// The work of the case in one block: right numbers, but not the peak of a whole GPU.
__global__ void chain(std::int64_t rounds, const float* factor, float* out) {
  const float by = *factor;
  float chains[k_chains];
  for (int i = 0; i < k_chains; ++i) chains[i] = static_cast<float>(i);
  for (std::int64_t round = 0; round < rounds; ++round) {
#pragma unroll
    for (int i = 0; i < k_chains; ++i) chains[i] = chains[i] * by + 1;
  }
  for (int i = 0; i < k_chains; ++i) out[i] = chains[i];
}

bool fits(const std::int64_t* sizes) { return sizes[0] >= 1; }

unsigned blocks_of(std::int64_t count) { return count < std::int64_t{k_threads} * k_blocks ? blocks_for(count, k_threads) : k_blocks; }

cudaError_t start_elementwise(const Arrays& arrays) {
  multiply_elements<<<blocks_of(arrays.sizes[0]), k_threads>>>(arrays.sizes[0], arrays.inputs[0], arrays.inputs[1], arrays.outputs[0]);
  return cudaGetLastError();
}

cudaError_t start_triad(const Arrays& arrays) {
  add_scaled<<<blocks_of(arrays.sizes[0]), k_threads>>>(arrays.sizes[0], arrays.inputs[0], arrays.inputs[1], arrays.outputs[0]);
  return cudaGetLastError();
}

cudaError_t start_reduce(const Arrays& arrays) {
  add_up<<<1, k_blocks>>>(arrays.sizes[0], arrays.inputs[0], arrays.outputs[0]);
  return cudaGetLastError();
}

cudaError_t start_peak(const Arrays& arrays) {
  chain<<<1, k_threads>>>(arrays.sizes[0], arrays.inputs[0], arrays.outputs[0]);
  return cudaGetLastError();
}

}  // namespace

const CudaKernel elementwise_cuda{"elementwise", 1, 2, 1, fits, start_elementwise};
const CudaKernel triad_cuda{"triad", 1, 2, 1, fits, start_triad};
const CudaKernel reduce_cuda{"reduce", 1, 1, 1, fits, start_reduce};
const CudaKernel peak_cuda{"peak", 1, 1, 1, fits, start_peak};

}  // namespace torchup::cuda
