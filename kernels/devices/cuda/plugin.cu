// The plug-in's interface: memory of the device, the list of its kernels, and their runs. Not yet run on a GPU.

#include "kernels/devices/cuda/launch.cuh"
#include "kernels/devices/cuda/plugin.h"

#include <cstdio>
#include <cstring>
#include <new>

namespace {

using torchup::cuda::Arrays;
using torchup::cuda::CudaKernel;
using torchup::cuda::k_most_arrays;
using torchup::cuda::k_most_axes;

const CudaKernel* const k_kernels[] = {&torchup::cuda::matmul_cuda,      &torchup::cuda::eigh_cuda,   &torchup::cuda::attention_cuda,
                                       &torchup::cuda::elementwise_cuda, &torchup::cuda::reduce_cuda, &torchup::cuda::triad_cuda,
                                       &torchup::cuda::peak_cuda};

const CudaKernel* find_kernel(const char* name) {
  for (const CudaKernel* kernel : k_kernels) {
    if (std::strcmp(kernel->name, name) == 0) return kernel;
  }
  return nullptr;
}

int say(TorchupCudaMessage* message, int answer, const char* what, const char* detail) {
  std::snprintf(message->text, sizeof(message->text), "%s%s%s", what, *detail != '\0' ? ": " : "", detail);
  return answer;
}

int failed(TorchupCudaMessage* message, const char* what, cudaError_t error) {
  return say(message, TORCHUP_CUDA_FAILED, what, cudaGetErrorString(error));
}

}  // namespace

struct TorchupCudaRun {
  const CudaKernel* kernel = nullptr;
  Arrays arrays{};
  float* inputs[k_most_arrays] = {};
  std::size_t output_counts[k_most_arrays] = {};

  ~TorchupCudaRun() {
    for (float* input : inputs) cudaFree(input);
    for (float* output : arrays.outputs) cudaFree(output);
  }
};

namespace {

cudaError_t fill(TorchupCudaRun& run, const TorchupCudaRequest& request) {
  for (std::size_t i = 0; i < request.inputs_count; ++i) {
    const std::size_t bytes = request.input_counts[i] * sizeof(float);
    if (const cudaError_t error = cudaMalloc(&run.inputs[i], bytes); error != cudaSuccess) return error;
    if (const cudaError_t error = cudaMemcpy(run.inputs[i], request.inputs[i], bytes, cudaMemcpyHostToDevice); error != cudaSuccess)
      return error;
    run.arrays.inputs[i] = run.inputs[i];
  }
  for (std::size_t i = 0; i < request.outputs_count; ++i) {
    run.output_counts[i] = request.output_counts[i];
    if (const cudaError_t error = cudaMalloc(&run.arrays.outputs[i], request.output_counts[i] * sizeof(float)); error != cudaSuccess)
      return error;
  }
  return cudaSuccess;
}

}  // namespace

extern "C" {

int torchup_cuda_interface(void) { return TORCHUP_CUDA_INTERFACE; }

int torchup_cuda_prepare(const TorchupCudaRequest* request, TorchupCudaRun** run, TorchupCudaMessage* message) {
  *run = nullptr;
  int devices = 0;
  if (const cudaError_t error = cudaGetDeviceCount(&devices); error != cudaSuccess || devices == 0) {
    return say(message, TORCHUP_CUDA_CANNOT, "there is no CUDA device", error == cudaSuccess ? "" : cudaGetErrorString(error));
  }
  const CudaKernel* const kernel = find_kernel(request->kernel);
  if (kernel == nullptr || kernel->axes != request->axes || kernel->inputs != request->inputs_count ||
      kernel->outputs != request->outputs_count || !kernel->fits(request->sizes)) {
    return say(message, TORCHUP_CUDA_CANNOT, "there is no CUDA kernel for it", request->kernel);
  }
  auto* const made = new (std::nothrow) TorchupCudaRun;
  if (made == nullptr) return say(message, TORCHUP_CUDA_FAILED, "there is no memory left", "");
  made->kernel = kernel;
  std::memcpy(made->arrays.sizes, request->sizes, request->axes * sizeof(std::int64_t));
  if (const cudaError_t error = fill(*made, *request); error != cudaSuccess) {
    delete made;
    return failed(message, "the inputs cannot be brought to the device", error);
  }
  *run = made;
  return TORCHUP_CUDA_DONE;
}

int torchup_cuda_run(TorchupCudaRun* run, TorchupCudaMessage* message) {
  if (const cudaError_t error = run->kernel->start(run->arrays); error != cudaSuccess)
    return failed(message, "the kernel does not start", error);
  if (const cudaError_t error = cudaDeviceSynchronize(); error != cudaSuccess) return failed(message, "the kernel fails", error);
  return TORCHUP_CUDA_DONE;
}

int torchup_cuda_output(TorchupCudaRun* run, size_t index, float* values, TorchupCudaMessage* message) {
  if (index >= run->kernel->outputs) return say(message, TORCHUP_CUDA_FAILED, "there is no such output", "");
  const cudaError_t error =
      cudaMemcpy(values, run->arrays.outputs[index], run->output_counts[index] * sizeof(float), cudaMemcpyDeviceToHost);
  return error == cudaSuccess ? TORCHUP_CUDA_DONE : failed(message, "the outputs cannot be brought back", error);
}

void torchup_cuda_release(TorchupCudaRun* run) { delete run; }

}  // extern "C"
