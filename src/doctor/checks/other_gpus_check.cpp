// Can programs reach an AMD, Intel or Apple GPU? Permissions of /dev/kfd and render nodes, drivers, translated interpreters.
#include "torchup/doctor/doctor.hpp"

#include "src/doctor/host_questions.hpp"

#include <fmt/format.h>

#include <cerrno>

namespace torchup {

extern const DoctorCheck other_gpus_check;

namespace {

constexpr const char* k_findings[] = {"kfd-missing",        "kfd-permission", "render-permission",
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
    std::vector<std::string> groups{
        contained ? "start the container with `--device=/dev/kfd --device=/dev/dri --group-add video --group-add render`"
                  : "`usermod -aG render,video USER` as root, then log in again"};
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
          {"install Intel's compute runtime (Debian and Ubuntu: packages libze1 and libze-intel-gpu1)"});
      return;
    }
    add_unusable(gpus, severity);
  }

  void add_unusable(const std::vector<const Fact<Accelerator>*>& gpus, Severity severity) {
    for (const auto* gpu : gpus) {
      if (gpu->value.unusable.empty()) continue;
      add("gpu-unusable", severity, fmt::format("{} cannot be used: {}", gpu_text(gpu->value), gpu->value.unusable),
          {told_by(gpu->evidence)}, {"`torchup probe -v` shows what was read"});
    }
  }

  void look_at_apple() {
    const auto* os = value_of(m_facts.os);
    if (os == nullptr || !os->rosetta) return;
    add("rosetta", Severity::error, "Python runs translated by Rosetta: it is built for x86_64, and this Mac is not",
        {told_by(std::get<Fact<OperatingSystem>>(m_facts.os).evidence)},
        {"install Python for arm64 and make the environment with it; torch for macOS is built for arm64 alone"});
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
