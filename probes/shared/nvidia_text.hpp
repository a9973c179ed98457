#pragma once
// What NVIDIA's driver says of itself, in its several voices: text in, value out. The banner of `nvidia-smi` is not among
// them, since its labels changed with driver 610.

#include "torchup/host/host_facts.hpp"

#include <cstddef>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace torchup {

/// Line 1 of /proc/driver/nvidia/version: "NVRM version: NVIDIA UNIX Open Kernel Module for x86_64  550.144.03  Release Build …".
std::optional<NumericVersion> parse_nvrm_version(std::string_view text);

/// "open" or "proprietary", by the words of the same line; empty for other text.
std::string nvrm_flavour(std::string_view text);

/// "sm_90" of "9.0", "sm_121" of "12.1"; empty where the text is no such pair.
std::string sm_of_capability(std::string_view capability);

/// What a driver library answered to `HostSystem::query_driver`, in fields, and the calls of it that failed.
struct DriverAnswer {
  std::map<std::string, std::string, std::less<>> fields;
  std::map<std::string, std::string, std::less<>> errors;  ///< "cuInit" -> "802 CUDA_ERROR_SYSTEM_NOT_READY".

  std::string field(std::string_view key) const;
  std::string device_field(std::size_t index, std::string_view key) const;
  std::size_t device_count() const;                           ///< At most 64, whatever the answer says.
  std::optional<int> result_of(std::string_view call) const;  ///< The number of an error of that call.
};
DriverAnswer parse_driver_answer(std::string_view text);

/// 13.2 of "13020" (cuda.h, CUDA_VERSION); nothing for other text.
std::optional<NumericVersion> cuda_of_number(std::string_view number);

/// What `HostSystem::query_cuda_driver` answered.
struct CudaAnswer {
  std::string library;
  std::optional<NumericVersion> cuda;  ///< 13.2 of 13020.
  std::vector<Accelerator> devices;
  std::map<std::string, std::string, std::less<>> errors;  ///< "cuInit" -> "802 CUDA_ERROR_SYSTEM_NOT_READY".
};
CudaAnswer parse_cuda_answer(std::string_view text);

/// What NVML answered: each GPU with what only it tells.
struct NvmlAnswer {
  std::string library;
  std::optional<NumericVersion> driver, cuda;
  std::vector<Accelerator> devices;  ///< With `nvidia` set.
  std::optional<unsigned> fabric;    ///< The least advanced state of any device: 1 not started, 2 in progress, 3 completed.
  std::map<std::string, std::string, std::less<>> errors;
};
NvmlAnswer parse_nvml_answer(std::string_view text);

/// What a driver API error number means to a person: "802 CUDA_ERROR_SYSTEM_NOT_READY: the fabric manager is not running".
std::string explained_cuda_error(std::string_view error);

/// The same of NVML's: "18 Driver/library version mismatch: …".
std::string explained_nvml_error(std::string_view error);

/// A line of `nvidia-smi --query-gpu=name,compute_cap,memory.total,pci.bus_id,driver_version --format=csv,noheader,nounits`.
struct SmiRow {
  Accelerator gpu;
  std::optional<NumericVersion> driver;
};
std::vector<SmiRow> parse_smi_rows(std::string_view csv);

}  // namespace torchup
