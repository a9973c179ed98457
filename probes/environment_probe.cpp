// Which variables are set that change what programs here find or see?
#include "torchup/probes/probe.hpp"

#include "probes/shared/redacted.hpp"

namespace torchup {

extern const Probe environment_probe;

namespace {

// By name, since an environment may hold anything, secrets among it.
constexpr const char* k_names[] = {"CUBLAS_WORKSPACE_CONFIG",
                                   "CUDA_CACHE_DISABLE",
                                   "CUDA_DEVICE_ORDER",
                                   "CUDA_FORCE_PTX_JIT",
                                   "CUDA_HOME",
                                   "CUDA_LAUNCH_BLOCKING",
                                   "CUDA_MODULE_LOADING",
                                   "CUDA_PATH",
                                   "CUDA_VISIBLE_DEVICES",
                                   "GPU_DEVICE_ORDINAL",
                                   "HIP_PATH",
                                   "HIP_VISIBLE_DEVICES",
                                   "HSA_ENABLE_SDMA",
                                   "HSA_OVERRIDE_GFX_VERSION",
                                   "HSA_XNACK",
                                   "HTTPS_PROXY",
                                   "HTTP_PROXY",
                                   "KMP_DUPLICATE_LIB_OK",
                                   "LD_LIBRARY_PATH",
                                   "LD_PRELOAD",
                                   "MKL_NUM_THREADS",
                                   "NO_PROXY",
                                   "NVIDIA_DRIVER_CAPABILITIES",
                                   "NVIDIA_VISIBLE_DEVICES",
                                   "OMP_NUM_THREADS",
                                   "ONEAPI_DEVICE_SELECTOR",
                                   "PIP_EXTRA_INDEX_URL",
                                   "PIP_INDEX_URL",
                                   "PYTHONHOME",
                                   "PYTHONNOUSERSITE",
                                   "PYTHONPATH",
                                   "PYTORCH_ALLOC_CONF",
                                   "PYTORCH_CUDA_ALLOC_CONF",
                                   "PYTORCH_ENABLE_MPS_FALLBACK",
                                   "PYTORCH_HIP_ALLOC_CONF",
                                   "PYTORCH_NVML_BASED_CUDA_CHECK",
                                   "PYTORCH_ROCM_ARCH",
                                   "PYTORCH_SKIP_CUDNN_COMPATIBILITY_CHECK",
                                   "ROCM_PATH",
                                   "ROCR_VISIBLE_DEVICES",
                                   "SSL_CERT_FILE",
                                   "TORCH_CUDA_ARCH_LIST",
                                   "UV_DEFAULT_INDEX",
                                   "ZE_AFFINITY_MASK"};

void run_environment_probe(HostSystem& host, HostFacts& facts) {
  for (const char* const name : k_names) {
    const auto value = host.environment(name);
    if (!value) continue;
    const auto shown = redacted(*value);
    facts.environment.push_back({{.name = name, .value = shown}, {std::string("environment variable ") + name, shown}});
  }
}

}  // namespace

constinit const Probe environment_probe = {
    .name = "environment", .describes = "variables that steer loaders, drivers and frameworks", .run = run_environment_probe};

}  // namespace torchup
