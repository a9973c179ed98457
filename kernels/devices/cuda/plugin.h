/* The C interface between torchup and its CUDA kernels, which are a library of their own: torchup is built without CUDA, and
   loads the library where there is one. Used by kernels/devices/cuda_device.cpp and by plugin.cu. */
#pragma once

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

enum { TORCHUP_CUDA_INTERFACE = 1 };
enum TorchupCudaAnswer { TORCHUP_CUDA_DONE = 0, TORCHUP_CUDA_CANNOT = 1, TORCHUP_CUDA_FAILED = 2 };

/* A piece of text that a call leaves behind, always ended by a zero. */
typedef struct TorchupCudaMessage {
  char text[256];
} TorchupCudaMessage;

/* What is wanted: the kernel's name, its case's sizes, and float32 arrays. */
typedef struct TorchupCudaRequest {
  const char* kernel;
  const int64_t* sizes;
  size_t axes;
  const float* const* inputs;
  const size_t* input_counts;
  size_t inputs_count;
  const size_t* output_counts;
  size_t outputs_count;
} TorchupCudaRequest;

typedef struct TorchupCudaRun TorchupCudaRun;

/* TORCHUP_CUDA_INTERFACE of the library. */
int torchup_cuda_interface(void);
/* Copies the inputs to the device. CANNOT where there is no device, or no such kernel for these sizes. */
int torchup_cuda_prepare(const TorchupCudaRequest* request, TorchupCudaRun** run, TorchupCudaMessage* message);
/* Runs once and waits for its end. */
int torchup_cuda_run(TorchupCudaRun* run, TorchupCudaMessage* message);
/* Copies the whole of one output back. */
int torchup_cuda_output(TorchupCudaRun* run, size_t index, float* values, TorchupCudaMessage* message);
void torchup_cuda_release(TorchupCudaRun* run);

#ifdef __cplusplus
}
#endif
