// Are there NVSwitches here, and has the fabric manager made their GPUs ready?
#include "torchup/probes/probe.hpp"

#include "probes/shared/nvidia_text.hpp"

namespace torchup {

extern const Probe fabric_probe;

namespace {

constexpr const char* k_switches = "/proc/driver/nvidia-nvswitch/devices";

void run_fabric_probe(HostSystem& host, HostFacts& facts) {
  const bool has_switches = !host.list_directory(k_switches).value_or(std::vector<std::string>{}).empty();
  const auto nvml = host.query_driver(DriverLibrary::nvml);
  const auto state = nvml ? parse_nvml_answer(*nvml).fabric : std::nullopt;
  const auto cuda = host.query_driver(DriverLibrary::cuda);
  const auto init = cuda ? parse_driver_answer(*cuda).result_of("cuInit") : std::nullopt;
  constexpr int k_not_ready = 802;
  constexpr unsigned k_completed = 3;
  const bool is_refused = init == k_not_ready;
  // GPUs of a rack share switches that no machine of it lists; NVML tells of those.
  if (!has_switches && !state && !is_refused) return;
  FabricManager fabric{.needed = true};
  const bool is_ready = state ? *state == k_completed : cuda && !init;
  fabric.state = is_refused || (state && !is_ready) ? "not-ready" : is_ready ? "ready" : "";
  const auto source = state ? "nvmlDeviceGetGpuFabricInfo" : is_refused ? "cuInit" : k_switches;
  facts.fabric = Fact<FabricManager>{fabric,
                                     {source, state        ? "state " + std::to_string(*state)
                                              : is_refused ? "802 CUDA_ERROR_SYSTEM_NOT_READY"
                                                           : "NVSwitches"}};
  if (fabric.state == "not-ready") facts.failures.push_back({"fabric manager", "the GPUs wait for it: it is not running, or not done"});
}

}  // namespace

constinit const Probe fabric_probe = {.name = "fabric", .describes = "NVSwitches and their fabric manager", .run = run_fabric_probe};

}  // namespace torchup
