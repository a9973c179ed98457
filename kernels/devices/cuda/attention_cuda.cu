// softmax(Q K' / sqrt(d)) V in float32 with online softmax: a warp a query, its lanes over the keys of a tile for the scores and
// over the depth for the sums. Not yet run on a GPU.

#include "kernels/devices/cuda/launch.cuh"

#include <cmath>

namespace torchup::cuda {

namespace {

constexpr int k_lanes = 32, k_warps = 8, k_most_depth = 128, k_each = k_most_depth / k_lanes;
constexpr unsigned k_all = 0xffffffffU;

__device__ float over_warp(float value, bool largest) {
  for (int distance = k_lanes / 2; distance > 0; distance /= 2) {
    const float other = __shfl_xor_sync(k_all, value, distance);
    value = largest ? fmaxf(value, other) : value + other;
  }
  return value;
}

__global__ void attend(int length, int depth, float scale, const float* query, const float* key, const float* value, float* out) {
  extern __shared__ float shared[];
  const int step = depth + 1, lane = static_cast<int>(threadIdx.x) % k_lanes, warp = static_cast<int>(threadIdx.x) / k_lanes;
  float *const keys = shared, *const values = keys + k_lanes * step, *const queries = values + k_lanes * step;
  const std::size_t head = static_cast<std::size_t>(blockIdx.y) * length * depth;
  const int row = static_cast<int>(blockIdx.x) * k_warps + warp;
  for (int i = lane; i < depth; i += k_lanes) {
    queries[warp * depth + i] = row < length ? query[head + static_cast<std::size_t>(row) * depth + i] * scale : 0.0F;
  }
  float largest = -INFINITY, sum = 0, gathered[k_each] = {};
  for (int first = 0; first < length; first += k_lanes) {
    __syncthreads();
    for (int i = static_cast<int>(threadIdx.x); i < k_lanes * depth; i += k_lanes * k_warps) {
      const int at = i / depth, d = i % depth;
      const bool inside = first + at < length;
      keys[at * step + d] = inside ? key[head + static_cast<std::size_t>(first + at) * depth + d] : 0.0F;
      values[at * step + d] = inside ? value[head + static_cast<std::size_t>(first + at) * depth + d] : 0.0F;
    }
    __syncthreads();
    float score = 0;
    for (int d = 0; d < depth; ++d) score += queries[warp * depth + d] * keys[lane * step + d];
    if (first + lane >= length) score = -INFINITY;
    const float now = fmaxf(largest, over_warp(score, true));
    const float keep = expf(largest - now), weight = expf(score - now);
    largest = now;
    sum = sum * keep + over_warp(weight, false);
    for (int each = 0; each < k_each; ++each) gathered[each] *= keep;
    for (int at = 0; at < k_lanes; ++at) {
      const float its = __shfl_sync(k_all, weight, at);
      for (int each = 0; each < k_each; ++each) {
        const int d = lane + each * k_lanes;
        if (d < depth) gathered[each] += its * values[at * step + d];
      }
    }
  }
  if (row >= length) return;
  for (int each = 0; each < k_each; ++each) {
    const int d = lane + each * k_lanes;
    if (d < depth) out[head + static_cast<std::size_t>(row) * depth + d] = gathered[each] / sum;
  }
}

bool fits(const std::int64_t* sizes) {
  return sizes[0] >= 1 && sizes[1] >= 1 && sizes[0] * sizes[1] <= 65'535 && sizes[2] >= 1 && sizes[2] <= 1'000'000 && sizes[3] >= 1 &&
         sizes[3] <= k_most_depth;
}

cudaError_t start(const Arrays& arrays) {
  const auto length = static_cast<int>(arrays.sizes[2]), depth = static_cast<int>(arrays.sizes[3]);
  const dim3 blocks(blocks_for(length, k_warps), static_cast<unsigned>(arrays.sizes[0] * arrays.sizes[1]));
  const std::size_t bytes = sizeof(float) * static_cast<std::size_t>(2 * k_lanes * (depth + 1) + k_warps * depth);
  attend<<<blocks, k_lanes * k_warps, bytes>>>(length, depth, 1 / std::sqrt(static_cast<float>(depth)), arrays.inputs[0], arrays.inputs[1],
                                               arrays.inputs[2], arrays.outputs[0]);
  return cudaGetLastError();
}

}  // namespace

const CudaKernel attention_cuda{"attention", 4, 3, 1, fits, start};

}  // namespace torchup::cuda
