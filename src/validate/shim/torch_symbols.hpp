#pragma once
// The few functions of libtorch's stable C interface that the checks call, found by name in the installed library, so that
// no header of torch is needed and one program fits every version that has them. Used by the shim host only.

#include "torchup/core/result.hpp"
#include "torchup/kernels/element_type.hpp"

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

namespace torchup {

/// An owned reference to a tensor inside torch.
using TorchTensor = struct TorchTensorOpaque*;
using TorchString = struct TorchStringOpaque*;
/// One place on the dispatcher's stack: a number, a handle, or the bits of a double; 0 is None.
using TorchValue = std::uint64_t;

struct TorchSymbols {
  std::uint64_t (*abi_version)() = nullptr;
  std::int32_t (*device_cpu)() = nullptr;
  std::int32_t (*dtype_float32)() = nullptr;
  std::int32_t (*tensor_from_blob)(void* data, std::int64_t dimensions, const std::int64_t* sizes, const std::int64_t* strides,
                                   std::int64_t offset, std::int32_t dtype, std::int32_t device, std::int32_t device_index,
                                   TorchTensor* tensor) = nullptr;
  std::int32_t (*empty_tensor)(std::int64_t dimensions, const std::int64_t* sizes, const std::int64_t* strides, std::int32_t dtype,
                               std::int32_t device, std::int32_t device_index, TorchTensor* tensor) = nullptr;
  std::int32_t (*delete_tensor)(TorchTensor tensor) = nullptr;
  std::int32_t (*data_pointer)(TorchTensor tensor, void** data) = nullptr;
  std::int32_t (*dimensions)(TorchTensor tensor, std::int64_t* count) = nullptr;
  std::int32_t (*sizes)(TorchTensor tensor, std::int64_t** sizes) = nullptr;
  std::int32_t (*strides)(TorchTensor tensor, std::int64_t** strides) = nullptr;
  std::int32_t (*dtype)(TorchTensor tensor, std::int32_t* dtype) = nullptr;

  // From here on each may be missing: which, depends on torch's version.
  std::int32_t (*new_handle)(TorchTensor tensor, TorchTensor* another) = nullptr;
  std::int32_t (*dtype_float64)() = nullptr;
  std::int32_t (*dtype_bfloat16)() = nullptr;
  std::int32_t (*dtype_float16)() = nullptr;
  std::int32_t (*call)(const char* name, const char* overload, TorchValue* stack) = nullptr;
  std::int32_t (*call_versioned)(const char* name, const char* overload, TorchValue* stack, std::uint64_t version) = nullptr;
  std::int32_t (*new_string)(const char* text, std::size_t length, TorchString* string) = nullptr;
  std::int32_t (*matmul_out)(TorchTensor out, TorchTensor a, TorchTensor b) = nullptr;
  std::int32_t (*flash_attention)(TorchTensor query, TorchTensor key, TorchTensor value, double dropout, std::int32_t causal,
                                  TorchTensor* mask, double* scale, TorchTensor* out, TorchTensor* sums) = nullptr;
  const char* (*last_error)() = nullptr;
};

/// What torch calls the type; nothing where it does not have it.
std::optional<std::int32_t> dtype_of(const TorchSymbols& symbols, ElementType element);

/// Loads torch/lib's libtorch_cpu.so with all that it needs, as `import torch` would: the global dependencies first, and
/// where they do not load by themselves, the libraries of the NVIDIA wheels in site-packages. The libraries stay loaded
/// until the process ends. ErrorKind::validation with the loader's own message.
Result<void*> load_torch_library(const std::filesystem::path& library_folder, const std::filesystem::path& site_packages);

/// ErrorKind::validation names the first function that is needed and not there, as before torch 2.4.
Result<TorchSymbols> find_torch_symbols(void* library);

/// Both.
Result<TorchSymbols> load_torch(const std::filesystem::path& library_folder, const std::filesystem::path& site_packages);

/// "2.15.0" from the interface's version; "before 2.8" where it does not say.
std::string torch_interface_version(const TorchSymbols& symbols);

}  // namespace torchup
