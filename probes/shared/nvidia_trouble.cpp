#include "probes/shared/nvidia_trouble.hpp"

#include "probes/shared/device_node.hpp"
#include "probes/shared/nvidia_text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>

namespace torchup {
namespace {

/// The node, where it was tried and did not open.
const DeviceNode* closed_node(const NvidiaState& state, std::string_view path) {
  const auto is_it = [&](const DeviceNode& node) { return node.path == path && node.problem != 0; };
  const auto at = std::find_if(state.nodes.begin(), state.nodes.end(), is_it);
  return at == state.nodes.end() ? nullptr : &*at;
}

std::string init_error(const NvidiaState& state) {
  const auto at = state.cuda_errors.find("cuInit");
  return at == state.cuda_errors.end() ? std::string() : at->second;
}

/// What cuInit's failure means here, with what else is known of its cause.
std::string startup_trouble(const NvidiaState& state) {
  const auto error = init_error(state);
  if (error.empty()) {
    const auto crashed = state.cuda_errors.find("process");
    return crashed == state.cuda_errors.end() ? std::string() : "libcuda.so.1 " + crashed->second.substr(crashed->second.find(' ') + 1);
  }
  if (const auto* const node = closed_node(state, k_uvm_node); node != nullptr && state.cuda_failed_with(999))
    return fmt::format("cuInit answered {}, and {}: the kernel module nvidia-uvm is not loaded", error, why_closed(*node));
  return fmt::format("cuInit answered {}", explained_cuda_error(error));
}

}  // namespace

bool NvidiaState::cuda_failed_with(int result) const {
  const auto at = cuda_errors.find("cuInit");
  return at != cuda_errors.end() && at->second.starts_with(fmt::format("{} ", result));
}

std::string why_unusable(const NvidiaState& state, const Accelerator& gpu) {
  const auto bound = state.kernel_drivers.find(gpu.pci);
  const std::string driver = bound == state.kernel_drivers.end() ? std::string() : bound->second;
  const bool is_foreign = !driver.empty() && driver != "nvidia" && driver.find("tegra") == std::string::npos;
  if (is_foreign) return fmt::format("the kernel driver `{}` has it, not NVIDIA's", driver);
  if (!state.has_driver) return "no NVIDIA driver is loaded";
  const bool is_broken = gpu.nvidia && !gpu.nvidia->state.empty();
  if (state.library_has_devices) return gpu.architecture.empty() && !is_broken ? "the CUDA driver does not show it to this process" : "";
  if (state.is_wsl) return {};
  if (const auto* const node = closed_node(state, k_control_node)) return why_closed(*node);
  return {};
}

std::string find_nvidia_trouble(const NvidiaState& state, const Accelerator& gpu) {
  if (gpu.nvidia) {
    if (gpu.nvidia->state == "lost") return explained_nvml_error("15 GPU is lost");
    if (gpu.nvidia->state == "reset-required") return explained_nvml_error("16 GPU requires reset");
    if (gpu.nvidia->mig.value_or(false) && gpu.nvidia->instances.empty()) return "MIG mode is on, and no instance has been made";
    if (gpu.nvidia->compute_mode == "prohibited") return "its compute mode is `prohibited`";
  }
  if (!state.shadowing.empty())
    return fmt::format("programs load `{}`, a Linux driver's library, before that of WSL; the driver's package must go", state.shadowing);
  if (state.library_has_devices) return {};
  return startup_trouble(state);
}

}  // namespace torchup
