#pragma once
// What NVIDIA's driver says of itself, in its several voices: text in, value out. The banner of `nvidia-smi` is not among
// them, since its labels changed with driver 610.

#include "torchup/host/host_facts.hpp"

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace torchup {

/// Line 1 of /proc/driver/nvidia/version: "NVRM version: NVIDIA UNIX Open Kernel Module for x86_64  550.144.03  Release Build …".
std::optional<NumericVersion> parse_nvrm_version(std::string_view text);

/// "sm_90" of "9.0", "sm_121" of "12.1"; empty where the text is no such pair.
std::string sm_of_capability(std::string_view capability);

/// What `HostSystem::query_cuda_driver` answered.
struct CudaAnswer {
  std::string library;
  std::optional<NumericVersion> cuda;  ///< 13.2 of 13020.
  std::vector<Accelerator> devices;
  std::map<std::string, std::string> errors;  ///< "cuInit" -> "802 CUDA_ERROR_SYSTEM_NOT_READY".
};
CudaAnswer parse_cuda_answer(std::string_view text);

/// What a driver API error number means to a person: "802 CUDA_ERROR_SYSTEM_NOT_READY: the fabric manager is not running".
std::string explained_cuda_error(std::string_view error);

/// A line of `nvidia-smi --query-gpu=name,compute_cap,memory.total,pci.bus_id,driver_version --format=csv,noheader,nounits`.
struct SmiRow {
  Accelerator gpu;
  std::optional<NumericVersion> driver;
};
std::vector<SmiRow> parse_smi_rows(std::string_view csv);

}  // namespace torchup
