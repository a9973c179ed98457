// Is NVIDIA's driver loaded, are its library and its kernel module of one version, and is the libcuda that programs get the
// driver's own? Each answer of cuInit has one cause here.
#include "torchup/doctor/doctor.hpp"

#include "src/doctor/host_questions.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace torchup {

extern const DoctorCheck nvidia_driver_check;

namespace {

constexpr const char* k_findings[] = {"driver-not-loaded", "libcuda-missing",    "libcuda-stub",        "driver-mismatch",  "cuda-compat",
                                      "wsl-driver-inside", "driver-without-gpu", "cuda-initialisation", "cuda-mps-failing", "nvml-failing"};

// CUresult and nvmlReturn_t (cuda.h, nvml.h)
constexpr int k_stub = 34, k_too_old = 35, k_needs_newer = 36, k_unavailable = 46, k_no_device = 100, k_unlicensed = 102;
constexpr int k_not_permitted = 800, k_not_ready = 802, k_mismatch = 803, k_no_compat = 804, k_first_of_mps = 805, k_last_of_mps = 809;
constexpr int k_nvml_mismatch = 18;

/// LD_LIBRARY_PATH without the folders of that name, for a shell.
std::string without_folder(const char* name) {
  return fmt::format("`export LD_LIBRARY_PATH=$(printf %s \"$LD_LIBRARY_PATH\" | tr : '\\n' | grep -v {} | paste -sd:)`", name);
}

/// What ends a refusal that has no finding of its own.
std::vector<std::string> remedy_of(int code) {
  switch (code) {
    case k_too_old:
    case k_needs_newer:
      return {"upgrade the driver (Debian: `apt-get install nvidia-driver`)"};
    case k_unlicensed:
      return {"`systemctl restart nvidia-gridd` asks for the licence of the virtual GPU anew",
              "`nvidia-smi -q | grep -i licen` shows its state"};
    case k_not_permitted:
      return {"`ls -l /dev/nvidia* /dev/nvidia-caps` shows what this process may open", "under Slurm or Kubernetes: ask for a GPU"};
    default:
      return {"`dmesg | grep -i -e nvrm -e xid`, the kernel's log, says more",
              "restart the machine, or load the driver anew: `rmmod nvidia_uvm && modprobe nvidia_uvm`"};
  }
}

class Look {
 public:
  explicit Look(const DoctorInput& input)
      : m_facts(input.facts),
        m_gpus(gpus_of(input.facts, "cuda")),
        m_driver(driver_of(input.facts, "cuda")),
        m_libcuda(library_of(input.facts, "libcuda.so.1")),
        m_severity(severity_for(input, "cuda")) {}

  CheckReport run() {
    if (m_gpus.empty() && m_driver == nullptr && !has_stub()) return {.status = "no NVIDIA GPU and no driver of one"};
    look_at_library();
    if (m_report.findings.empty() && !m_gpus.empty()) look_at_driver();
    if (m_report.findings.empty()) look_at_trouble();
    if (m_report.findings.empty() && m_gpus.empty() && m_driver != nullptr) add_driver_alone();
    if (m_report.findings.empty()) look_at_nvml();
    m_report.status = status();
    return std::move(m_report);
  }

 private:
  bool has_stub() const { return m_libcuda != nullptr && m_libcuda->value.role == "stub"; }
  bool in_wsl() const {
    const auto* os = value_of(m_facts.os);
    return os != nullptr && os->wsl;
  }
  int result() const { return m_libcuda != nullptr ? m_libcuda->value.result.value_or(0) : 0; }

  /// The code in words, which may begin with it.
  std::string answer() const {
    const std::string& meaning = m_libcuda->value.meaning;
    return meaning.empty() ? std::to_string(result()) : meaning;
  }

  std::string status() const {
    const std::string version = m_driver != nullptr && m_driver->value.version ? m_driver->value.version->text() : "of unknown version";
    const std::string cuda =
        m_driver != nullptr && m_driver->value.cuda ? fmt::format(", up to CUDA {}", m_driver->value.cuda->text()) : "";
    return fmt::format("driver {}{}, {} of NVIDIA", version, cuda, m_gpus.size() == 1 ? "1 GPU" : fmt::format("{} GPUs", m_gpus.size()));
  }

  void look_at_library() {
    if (has_stub() || result() == k_stub) return add_stub();
    if (result() == k_mismatch || nvml_result() == k_nvml_mismatch || libraries_differ()) return add_mismatch();
    if (result() == k_no_compat) return add_compat();
    if (in_wsl() && m_libcuda != nullptr && m_libcuda->value.role == "driver") return add_wsl();
    if (result() >= k_first_of_mps && result() <= k_last_of_mps) return add_mps();
    // What these say has checks of its own: devices, the fabric manager, a GPU that is busy.
    constexpr int k_elsewhere[] = {0, k_no_device, k_not_ready, k_unavailable};
    if (std::ranges::find(k_elsewhere, result()) == std::end(k_elsewhere) && !has_closed_node()) add_other(answer());
  }

  int nvml_result() const {
    const auto* nvml = library_of(m_facts, "libnvidia-ml.so.1");
    return nvml != nullptr ? nvml->value.result.value_or(0) : 0;
  }

  /// A node that does not open is why the driver refuses; nvidia-devices tells of it.
  bool has_closed_node() const {
    return std::ranges::any_of(m_facts.device_nodes, [](const Fact<DeviceNode>& node) {
      return node.value.path.starts_with("/dev/nvidia") && node.value.problem != 0;
    });
  }

  /// Trouble that no number stands for, such as a library that crashes or hangs. What one GPU's own state explains is told by
  /// nvidia-devices.
  void look_at_trouble() {
    constexpr int k_told_there[] = {k_not_ready, k_unavailable};
    if (std::ranges::find(k_told_there, result()) != std::end(k_told_there) || has_closed_node()) return;
    for (const auto* gpu : m_gpus) {
      const auto& nvidia = gpu->value.nvidia;
      const bool is_of_its_own = nvidia && (!nvidia->state.empty() || nvidia->compute_mode == "prohibited" || nvidia->mig.value_or(false));
      if (!gpu->value.trouble.empty() && !is_of_its_own) return add_other(gpu->value.trouble);
    }
  }

  /// CUDA works without it.
  void look_at_nvml() {
    if (nvml_result() == 0 || m_gpus.empty() || result() != 0) return;
    const RuntimeLibrary& nvml = library_of(m_facts, "libnvidia-ml.so.1")->value;
    add({.id = "nvml-failing",
         .severity = Severity::note,
         .title = "the library of nvidia-smi does not start; CUDA does, and monitoring tools will not work",
         .evidence = {fmt::format("`{}`: nvmlInit answered {}", nvml.path, nvml.meaning)},
         .remedy = {"`nvidia-smi` shows the same answer; in a container, ask for the capability `utility`: "
                    "`-e NVIDIA_DRIVER_CAPABILITIES=compute,utility`"}});
  }

  bool libraries_differ() const {
    if (m_driver == nullptr || !m_driver->value.version || !m_driver->value.libraries) return false;
    const bool compat = m_libcuda != nullptr && m_libcuda->value.role == "compat";
    return !compat && *m_driver->value.version != *m_driver->value.libraries;
  }

  std::vector<std::string> library_evidence() const {
    std::vector<std::string> evidence;
    if (m_libcuda != nullptr) {
      const RuntimeLibrary& library = m_libcuda->value;
      evidence.push_back(library.real_path.empty() || library.real_path == library.path
                             ? fmt::format("the loader takes `{}`", library.path)
                             : fmt::format("the loader takes `{}`, which is `{}`", library.path, library.real_path));
      if (result() != 0) evidence.push_back(fmt::format("cuInit answered {}", answer()));
    }
    if (m_driver != nullptr) evidence.push_back(told_by(m_driver->evidence));
    return evidence;
  }

  void add(DoctorFinding finding) {
    if (finding.evidence.empty()) finding.evidence.emplace_back("no source of the driver answered");
    m_report.findings.push_back(std::move(finding));
  }

  void add_stub() {
    add({.id = "libcuda-stub",
         .severity = m_severity,
         .title = "the loader takes a stub of libcuda, with which no program can use a GPU",
         .evidence = library_evidence(),
         .remedy = {without_folder("stubs")}});
  }

  void add_mismatch() {
    auto evidence = library_evidence();
    if (m_driver != nullptr && m_driver->value.version && m_driver->value.libraries)
      evidence.push_back(fmt::format("kernel module {}, libraries {}", m_driver->value.version->text(), m_driver->value.libraries->text()));
    add({.id = "driver-mismatch",
         .severity = m_severity,
         .title = "the driver's kernel module and its libraries are of different versions",
         .evidence = std::move(evidence),
         .remedy = {container_of(m_facts).empty()
                        ? "`systemctl reboot`: the driver was upgraded, and the old module is still loaded"
                        : "restart the container, and its host (`systemctl reboot`) where the driver was upgraded",
                    "to keep unattended upgrades away from it: `apt-mark hold $(dpkg-query -W -f '${Package} ' '*nvidia*')`"}});
  }

  void add_compat() {
    add({.id = "cuda-compat",
         .severity = m_severity,
         .title = "the loader takes a forward-compatibility libcuda, which this GPU does not allow",
         .evidence = library_evidence(),
         .remedy = {without_folder("compat"), "`apt-get purge 'cuda-compat-*'`",
                    "upgrade the driver itself: only data-centre GPUs run newer CUDA on an older driver"}});
  }

  void add_wsl() {
    add({.id = "wsl-driver-inside",
         .severity = m_severity,
         .title = "a Linux driver is installed inside WSL and hides the one that Windows provides",
         .evidence = library_evidence(),
         .remedy = {"remove the driver's packages inside WSL (`apt-get purge 'nvidia-*' 'libnvidia-*'`): Windows brings its own in "
                    "`/usr/lib/wsl/lib`"}});
  }

  void add_mps() {
    add({.id = "cuda-mps-failing",
         .severity = m_severity,
         .title = fmt::format("the Multi-Process Service stands between programs and the GPU, and fails: {}", answer()),
         .evidence = library_evidence(),
         .remedy = {"start it anew: `echo quit | nvidia-cuda-mps-control; nvidia-cuda-mps-control -d`",
                    "go without it: `unset CUDA_MPS_PIPE_DIRECTORY`"}});
  }

  void add_other(const std::string& why) {
    add({.id = "cuda-initialisation",
         .severity = m_severity,
         .title = fmt::format("the CUDA driver cannot be initialised: {}", why),
         .evidence = library_evidence(),
         .remedy = remedy_of(result())});
  }

  void look_at_driver() {
    if (m_driver == nullptr) return add_not_loaded();
    if (m_libcuda == nullptr && !has_any_libcuda_answer()) add_no_library();
  }

  /// A recorded host may know what the driver said and not which file said it.
  bool has_any_libcuda_answer() const { return m_driver->value.cuda.has_value(); }

  void add_not_loaded() {
    std::vector<std::string> evidence, remedy;
    std::string bound;
    for (const auto& display : m_facts.displays) {
      if (display.value.vendor != "10de") continue;
      evidence.push_back(told_by(display.evidence));
      if (!display.value.driver.empty()) bound = display.value.driver;
    }
    if (!bound.empty()) evidence.push_back(fmt::format("the kernel driver `{}` is bound to it", bound));
    if (bound == "nouveau") {
      remedy = {"install NVIDIA's driver (Debian: `apt-get install nvidia-driver`); its packages put nouveau aside, which takes a restart"};
    } else if (bound == "vfio-pci") {
      remedy = {"the GPU is set aside for a virtual machine: use it there, or give it back to this system"};
    } else if (!container_of(m_facts).empty()) {
      remedy = {"install the driver on the container's host, and start the container with `--gpus all`"};
    } else {
      remedy = {"install NVIDIA's driver, or load it: `modprobe nvidia`",
                "with Secure Boot the module has to be signed (`mokutil --sb-state` tells whether it is on)"};
    }
    add({.id = "driver-not-loaded",
         .severity = m_severity,
         .title = fmt::format("{} is here, and no NVIDIA driver is loaded", gpu_text(m_gpus.front()->value)),
         .evidence = std::move(evidence),
         .remedy = std::move(remedy)});
  }

  void add_no_library() {
    const bool contained = !container_of(m_facts).empty();
    std::vector<std::string> evidence{told_by(m_driver->evidence)};
    for (const auto& failure : m_facts.failures) {
      if (failure.source == "libcuda.so.1") evidence.push_back(failure.reason);
    }
    add({.id = "libcuda-missing",
         .severity = m_severity,
         .title = "the NVIDIA driver is loaded, and its library libcuda.so.1 is not to be found",
         .evidence = std::move(evidence),
         .remedy = {contained
                        ? "start the container with `--gpus all` (NVIDIA Container Toolkit), which brings it in"
                        : "install the driver's user-space package (Debian: `apt-get install libcuda1`, Ubuntu: libnvidia-compute-NNN)"}});
  }

  void add_driver_alone() {
    add({.id = "driver-without-gpu",
         .severity = Severity::note,
         .title = "an NVIDIA driver is loaded, and no GPU of NVIDIA is here",
         .evidence = {told_by(m_driver->evidence)},
         .remedy = {}});
  }

  const HostFacts& m_facts;
  std::vector<const Fact<Accelerator>*> m_gpus;
  const Fact<DriverStack>* m_driver;
  const Fact<RuntimeLibrary>* m_libcuda;
  Severity m_severity;
  CheckReport m_report;
};

CheckReport run(const DoctorInput& input) { return Look(input).run(); }

}  // namespace

constinit const DoctorCheck nvidia_driver_check = {.name = "nvidia-driver",
                                                   .title = "NVIDIA driver",
                                                   .describes = "NVIDIA's driver is loaded, whole, and the one that programs get",
                                                   .needs = CheckNeeds::nothing,
                                                   .findings = k_findings,
                                                   .run = run};

}  // namespace torchup
