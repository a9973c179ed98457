#pragma once
// Why an NVIDIA GPU that is here cannot be used: for good as things stand, or until something is restarted or set. Pure functions
// of what nvidia_probe has gathered.

#include "torchup/host/host_facts.hpp"

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace torchup {

inline constexpr const char* k_control_node = "/dev/nvidiactl";
inline constexpr const char* k_uvm_node = "/dev/nvidia-uvm";

struct NvidiaState {
  bool has_driver = false, has_procfs = false, has_library = false;
  bool library_has_devices = false;  ///< cuInit succeeded and lists some.
  std::string silent_gpu;            ///< NVML lists one that does not even tell its address: "lost", "reset-required".
  bool is_wsl = false;
  std::map<std::string, std::string, std::less<>> cuda_errors, nvml_errors;  ///< By call.
  std::map<std::string, std::string> kernel_drivers;                         ///< By PCI address; empty text where not known.
  std::vector<DeviceNode> nodes;
  std::string shadowing;           ///< In WSL: the Linux driver's libcuda that programs would load before that of Windows.
  std::optional<unsigned> fabric;  ///< NVML's fabric state of the least advanced GPU.

  /// Whether cuInit answered that.
  bool cuda_failed_with(int result) const;
};

/// Why no program here could use it: no driver, another one bound to it, or no way to its nodes. Empty where they could.
std::string why_unusable(const NvidiaState& state, const Accelerator& gpu);

/// What stops it though it is usable in principle; empty where nothing does.
std::string find_nvidia_trouble(const NvidiaState& state, const Accelerator& gpu);

}  // namespace torchup
