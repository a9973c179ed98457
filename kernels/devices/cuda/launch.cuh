#pragma once
// One kernel of the plug-in: which cases it takes, and how it is started. Each NAME_cuda.cu defines one; plugin.cu lists them.

#include <cstddef>
#include <cstdint>
#include <cuda_runtime.h>

namespace torchup::cuda {

constexpr std::size_t k_most_axes = 4, k_most_arrays = 3;

struct Arrays {
  std::int64_t sizes[k_most_axes];
  const float* inputs[k_most_arrays];
  float* outputs[k_most_arrays];
};

struct CudaKernel {
  const char* name;
  std::size_t axes, inputs, outputs;
  bool (*fits)(const std::int64_t* sizes);
  /// Starts the work on the default stream; gives what the launch answered.
  cudaError_t (*start)(const Arrays& arrays);
};

extern const CudaKernel matmul_cuda, eigh_cuda, attention_cuda, elementwise_cuda, reduce_cuda, triad_cuda, peak_cuda;

inline unsigned blocks_for(std::int64_t count, std::int64_t each) { return static_cast<unsigned>((count + each - 1) / each); }

}  // namespace torchup::cuda
