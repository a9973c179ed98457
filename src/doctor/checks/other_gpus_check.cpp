// Can programs reach an AMD, Intel or Apple GPU? Permissions of /dev/kfd and render nodes, drivers, translated interpreters.
#include "torchup/doctor/doctor.hpp"

#include "src/doctor/host_questions.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>

namespace torchup {

extern const DoctorCheck other_gpus_check;

namespace {

constexpr const char* k_findings[] = {"kfd-missing",        "kfd-permission", "render-permission", "amdgpu-not-bound",
                                      "level-zero-missing", "rosetta",        "gpu-unusable"};

class Look {
 public:
  explicit Look(const DoctorInput& input) : m_input(input), m_facts(input.facts) {}

  CheckReport run() {
    look_at_amd();
    look_at_intel();
    look_at_apple();
    std::string seen;
    for (const auto& gpu : m_facts.accelerators) {
      if (gpu.value.kind != "cuda") seen += (seen.empty() ? "" : ", ") + gpu_text(gpu.value);
    }
    m_report.status = seen.empty() ? "no GPU of AMD, Intel or Apple" : seen;
    return std::move(m_report);
  }

 private:
  void add(const char* id, Severity severity, std::string title, std::vector<std::string> evidence, std::vector<std::string> remedy) {
    m_report.findings.push_back(
        {.id = id, .severity = severity, .title = std::move(title), .evidence = std::move(evidence), .remedy = std::move(remedy)});
  }

  void look_at_amd() {
    const auto gpus = gpus_of(m_facts, "rocm");
    if (gpus.empty()) return;
    const Severity severity = severity_for(m_input, "rocm");
    const bool contained = !container_of(m_facts).empty();
    const auto groups = groups_remedy("--device=/dev/kfd --device=/dev/dri --group-add video --group-add render");
    const std::size_t before = m_report.findings.size();
    for (const auto& [node, evidence] : m_facts.device_nodes) {
      const std::string line = fmt::format("{}: {}", node.path, node.text);
      if (node.path == "/dev/kfd" && node.problem == ENOENT) {
        add("kfd-missing", severity, "/dev/kfd is not there: the kernel's driver for computing with AMD GPUs is not loaded", {line},
            contained ? groups : std::vector<std::string>{"`modprobe amdgpu`", "install the amdgpu driver of ROCm for this kernel"});
      } else if (node.path == "/dev/kfd" && node.problem != 0) {
        add("kfd-permission", severity, "this user may not open /dev/kfd, and so no AMD GPU", {line}, groups);
      } else if (node.path.starts_with("/dev/dri/renderD") && node.problem != 0) {
        add("render-permission", severity, fmt::format("this user may not open {}", node.path), {line}, groups);
      }
    }
    if (m_report.findings.size() == before) add_unusable(gpus, severity);
  }

  void look_at_intel() {
    const auto gpus = gpus_of(m_facts, "xpu");
    bool discrete = false;
    for (const auto* gpu : gpus) discrete = discrete || !gpu->value.integrated.value_or(false);
    if (!discrete) return;  // a processor's own graphics is no target of torch's XPU builds
    const Severity severity = severity_for(m_input, "xpu");
    if (library_of(m_facts, "libze_loader.so.1") == nullptr) {
      add("level-zero-missing", severity, "a GPU of Intel is here, and Level Zero, through which torch reaches it, is not installed",
          {told_by(gpus.front()->evidence), "libze_loader.so.1 is nowhere that the loader looks"},
          {"install Intel's compute runtime (Debian and Ubuntu: `apt-get install libze1 libze-intel-gpu1`)"});
      return;
    }
    const std::size_t before = m_report.findings.size();
    for (const auto& [node, evidence] : m_facts.device_nodes) {
      if (node.path.starts_with("/dev/dri/renderD") && node.problem != 0)
        add("render-permission", severity, fmt::format("this user may not open {}", node.path),
            {fmt::format("{}: {}", node.path, node.text)}, groups_remedy("--device=/dev/dri --group-add render"));
    }
    if (m_report.findings.size() == before) add_unusable(gpus, severity);
  }

  /// What gives this user the devices; in a container it is started anew with them.
  std::vector<std::string> groups_remedy(const char* options) const {
    if (!container_of(m_facts).empty()) return {fmt::format("start the container with `{}`", options)};
    return {"`usermod -aG render,video \"$USER\"` as root, then log in again"};
  }

  void add_unusable(const std::vector<const Fact<Accelerator>*>& gpus, Severity severity) {
    for (const auto* gpu : gpus) {
      if (gpu->value.unusable.empty()) continue;
      if (gpu->value.kind == "rocm" && driver_bound_to(*gpu) == "radeon") {
        add("amdgpu-not-bound", severity, fmt::format("{} is driven by `radeon`, with which no program can compute", gpu_text(gpu->value)),
            {told_by(gpu->evidence)},
            {"boot with `radeon.cik_support=0 radeon.si_support=0 amdgpu.cik_support=1 amdgpu.si_support=1`, so that amdgpu takes it",
             "`lspci -k -d 1002:` shows which driver has it"});
        continue;
      }
      add("gpu-unusable", severity, fmt::format("{} cannot be used: {}", gpu_text(gpu->value), gpu->value.unusable),
          {told_by(gpu->evidence)}, {"`torchup probe -v` shows what was read"});
    }
  }

  std::string driver_bound_to(const Fact<Accelerator>& gpu) const {
    const auto at = std::ranges::find_if(m_facts.displays, [&](const auto& display) { return display.value.pci == gpu.value.pci; });
    return at == m_facts.displays.end() ? "" : at->value.driver;
  }

  void look_at_apple() {
    const auto* os = value_of(m_facts.os);
    if (os == nullptr || !os->rosetta) return;
    add("rosetta", Severity::error, "Python runs translated by Rosetta: it is built for x86_64, and this Mac is not",
        {told_by(std::get<Fact<OperatingSystem>>(m_facts.os).evidence)},
        {"make the environment with a Python for arm64 (`/opt/homebrew/bin/brew install python@3.12`): torch for macOS is built for arm64 "
         "alone"});
  }

  const DoctorInput& m_input;
  const HostFacts& m_facts;
  CheckReport m_report;
};

CheckReport run(const DoctorInput& input) { return Look(input).run(); }

}  // namespace

constinit const DoctorCheck other_gpus_check = {.name = "other-gpus",
                                                .title = "Other GPUs",
                                                .describes = "programs may reach GPUs of AMD, Intel and Apple",
                                                .needs = CheckNeeds::nothing,
                                                .findings = k_findings,
                                                .run = run};

}  // namespace torchup
