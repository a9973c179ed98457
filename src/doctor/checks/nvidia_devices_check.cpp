// Can programs open NVIDIA's devices, and is each GPU in a state to be used? Nodes of containers, control groups and groups of
// users; MIG without instances, lost GPUs, the service that NVSwitch needs.
#include "torchup/doctor/doctor.hpp"

#include "src/doctor/host_questions.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cerrno>

namespace torchup {

extern const DoctorCheck nvidia_devices_check;

namespace {

constexpr const char* k_findings[] = {"device-missing",       "device-blocked", "device-permission", "uvm-missing",  "fabric-manager-down",
                                      "mig-without-instance", "gpu-lost",       "gpu-busy",          "compute-mode", "gpu-set-apart"};
constexpr int k_unavailable = 46, k_not_ready = 802;

class Look {
 public:
  explicit Look(const DoctorInput& input)
      : m_facts(input.facts), m_gpus(gpus_of(input.facts, "cuda")), m_severity(severity_for(input, "cuda")) {}

  CheckReport run() {
    const auto* os = value_of(m_facts.os);
    if (m_gpus.empty() || driver_of(m_facts, "cuda") == nullptr) return {.status = "no NVIDIA GPU with a driver"};
    if (os == nullptr || !os->wsl) look_at_nodes();
    look_at_fabric();
    for (const auto* gpu : m_gpus) look_at_gpu(*gpu);
    if (m_report.findings.empty()) look_at_the_set_apart();
    m_report.status = status();
    return std::move(m_report);
  }

 private:
  void add(const char* id, std::string title, std::vector<std::string> evidence, std::vector<std::string> remedy) {
    m_report.findings.push_back(
        {.id = id, .severity = m_severity, .title = std::move(title), .evidence = std::move(evidence), .remedy = std::move(remedy)});
  }

  std::string status() const {
    const auto is_well = [](const auto* gpu) { return gpu->value.unusable.empty() && gpu->value.trouble.empty(); };
    const auto well = static_cast<std::size_t>(std::ranges::count_if(m_gpus, is_well));
    if (m_gpus.size() == 1)
      return well == 1 ? fmt::format("{} can be opened", gpu_text(m_gpus.front()->value)) : "what stops the GPU stands elsewhere";
    return well == m_gpus.size() ? fmt::format("{} GPUs can be opened", well)
                                 : fmt::format("{} of {} GPUs can be opened", well, m_gpus.size());
  }

  /// A GPU that a virtual machine has, or that a container was not given, beside others that are well: meant so as a rule.
  void look_at_the_set_apart() {
    const bool some_well = std::ranges::any_of(m_gpus, [](const auto* gpu) { return gpu->value.unusable.empty(); });
    for (const auto* gpu : m_gpus) {
      if (!some_well || gpu->value.unusable.empty()) continue;
      m_report.findings.push_back({.id = "gpu-set-apart",
                                   .severity = Severity::note,
                                   .title = fmt::format("{} is not for programs here: {}", gpu_text(gpu->value), gpu->value.unusable),
                                   .evidence = {told_by(gpu->evidence)},
                                   .remedy = {}});
    }
  }

  /// Nodes that are all refused for one reason are one finding.
  void look_at_nodes() {
    std::vector<std::string> missing, blocked, refused, uvm;
    for (const auto& [node, evidence] : m_facts.device_nodes) {
      if (!node.path.starts_with("/dev/nvidia") || node.problem == 0) continue;
      const std::string line = fmt::format("{}: {}", node.path, node.text);
      const bool absent = node.problem == ENOENT || node.problem == ENODEV || node.problem == ENXIO;
      (absent ? (node.path == "/dev/nvidia-uvm" ? uvm : missing) : node.problem == EPERM ? blocked : refused).push_back(line);
    }
    if (missing.empty() && !uvm.empty()) {
      add("uvm-missing", "the device /dev/nvidia-uvm is not there: CUDA answers with an unknown error", uvm,
          {"`modprobe nvidia_uvm`", "in a container: start it with `--gpus all`, not with single devices"});
    } else {
      missing.insert(missing.end(), uvm.begin(), uvm.end());
    }
    const bool contained = !container_of(m_facts).empty();
    if (!missing.empty()) {
      add("device-missing", contained ? "the container was started without its host's GPUs" : "device nodes of the GPUs are not there",
          missing,
          contained ? std::vector<std::string>{"start it with `--gpus all` (docker) or `--device nvidia.com/gpu=all` (podman)"}
                    : std::vector<std::string>{"`nvidia-modprobe -c 0 -u` makes them", "`nvidia-smi`, run once as root, does it too"});
    }
    if (!blocked.empty()) {
      add("device-blocked", "a control group keeps this process from the GPUs", blocked,
          {"under Slurm or Kubernetes: ask for a GPU (`--gres=gpu:1`, `nvidia.com/gpu: 1`)",
           "in a container after a `systemctl daemon-reload`: restart it, or start it with `--device` for each node"});
    }
    if (!refused.empty()) {
      add("device-permission", "this user may not open the GPUs' devices", refused,
          {"`usermod -aG \"$(stat -c %G /dev/nvidiactl)\" \"$USER\"` as root, then log in again", "`ls -l /dev/nvidia*` shows who may"});
    }
  }

  void look_at_fabric() {
    const auto* libcuda = library_of(m_facts, "libcuda.so.1");
    const auto* fabric = value_of(m_facts.fabric);
    const bool not_ready = libcuda != nullptr && libcuda->value.result == k_not_ready;
    const bool down = fabric != nullptr && fabric->needed && fabric->state == "not-ready";
    if (!not_ready && !down) return;
    std::vector<std::string> evidence;
    if (not_ready) evidence.push_back(fmt::format("cuInit answered {}", libcuda->value.meaning));
    if (const auto* fact = std::get_if<Fact<FabricManager>>(&m_facts.fabric)) evidence.push_back(told_by(fact->evidence));
    add("fabric-manager-down", "the GPUs are joined by NVSwitch, and the fabric manager is not ready", std::move(evidence),
        {"`systemctl enable --now nvidia-fabricmanager`", "its version must be the driver's: `nvidia-fabricmanager --version`"});
  }

  void look_at_gpu(const Fact<Accelerator>& gpu) {
    const std::string name = gpu_text(gpu.value);
    const auto* libcuda = library_of(m_facts, "libcuda.so.1");
    if (libcuda != nullptr && libcuda->value.result == k_unavailable && m_report.findings.empty()) {
      add("gpu-busy", fmt::format("{} is taken by another process that has it for itself", name),
          {fmt::format("cuInit answered {}", k_unavailable)},
          {"`nvidia-smi` shows the process; `nvidia-smi -c DEFAULT` lets several use it"});
    }
    if (!gpu.value.nvidia) return;
    const NvidiaDevice& device = *gpu.value.nvidia;
    if (device.state == "lost" || device.state == "reset-required") {
      add("gpu-lost", fmt::format("{} {}", name, device.state == "lost" ? "has fallen off the bus" : "has to be reset"),
          {told_by(gpu.evidence)},
          {"`nvidia-smi --gpu-reset` as root, or restart the machine", "where it comes back: look for Xid errors in the kernel's log"});
    }
    if (device.compute_mode == "prohibited") {
      add("compute-mode", fmt::format("{} refuses every compute program: its compute mode is Prohibited", name), {told_by(gpu.evidence)},
          {"`nvidia-smi -c DEFAULT` as root"});
    }
    if (device.mig.value_or(false) && device.instances.empty()) {
      add("mig-without-instance", fmt::format("{} is in MIG mode and has no instance, so that no program sees it", name),
          {told_by(gpu.evidence)}, {"make one: `nvidia-smi mig -cgi 19 -C`", "leave MIG mode: `nvidia-smi -mig 0` as root"});
    }
  }

  const HostFacts& m_facts;
  std::vector<const Fact<Accelerator>*> m_gpus;
  Severity m_severity;
  CheckReport m_report;
};

CheckReport run(const DoctorInput& input) { return Look(input).run(); }

}  // namespace

constinit const DoctorCheck nvidia_devices_check = {.name = "nvidia-devices",
                                                    .title = "NVIDIA devices",
                                                    .describes = "programs may open the GPUs, and each is in a state to be used",
                                                    .needs = CheckNeeds::nothing,
                                                    .findings = k_findings,
                                                    .run = run};

}  // namespace torchup
