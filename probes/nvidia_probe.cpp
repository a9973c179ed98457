// Which NVIDIA driver runs here, and which GPUs has it? The driver's own library is asked first; sysfs and procfs complete
// it where it fails; `nvidia-smi` comes last, and only its queries, never its table.
#include "torchup/probes/probe.hpp"

#include "probes/shared/nvidia_text.hpp"
#include "probes/shared/pci_scan.hpp"
#include "probes/shared/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

namespace torchup {

extern const Probe nvidia_probe;

namespace {

constexpr std::chrono::seconds k_smi_limit{15};
constexpr const char* k_module = "/sys/module/nvidia/version";
constexpr const char* k_procfs = "/proc/driver/nvidia/version";
constexpr const char* k_procfs_gpus = "/proc/driver/nvidia/gpus";
constexpr const char* k_control_node = "/dev/nvidiactl";
constexpr const char* k_wsl_folder = "/usr/lib/wsl/lib";
constexpr const char* k_vendor = "10de";

/// One run of the probe: what its sources have told so far.
class Search {
 public:
  Search(HostSystem& host, HostFacts& facts) : m_host(host), m_facts(facts) {}

  void run() {
    read_module_version();
    ask_library();
    read_procfs_gpus();
    read_pci();
    if (needs_smi()) ask_smi();
    mark_unusable();
    publish();
  }

 private:
  /// The GPU at an address; a new one where nothing is known of it.
  Fact<Accelerator>& gpu_at(const std::string& pci, const Evidence& evidence) {
    const auto at = std::find_if(m_gpus.begin(), m_gpus.end(), [&](const auto& gpu) { return gpu.value.pci == pci && !pci.empty(); });
    if (at != m_gpus.end()) return *at;
    m_gpus.push_back({{.kind = "cuda", .name = "", .architecture = "", .memory_bytes = {}, .pci = pci}, evidence});
    return m_gpus.back();
  }

  void read_module_version() {
    if (const auto text = m_host.read_file(k_module)) {
      if (auto version = NumericVersion::parse(trimmed(*text))) set_driver(*version, k_module, *text);
    }
    const auto text = m_host.read_file(k_procfs);
    if (!text) return;
    m_has_procfs = true;
    if (auto version = parse_nvrm_version(*text); version && !m_driver.version)
      set_driver(*version, k_procfs, std::string(lines_of(*text).front()));
  }

  void set_driver(const NumericVersion& version, const std::string& source, const std::string& raw) {
    m_driver.version = version;
    m_driver_evidence = {source, std::string(trimmed(raw))};
  }

  void ask_library() {
    const auto text = m_host.query_cuda_driver();
    if (!text) {
      m_library_failure = text.error().message;
      return;
    }
    const auto answer = parse_cuda_answer(*text);
    m_has_library = true;
    m_driver.cuda = answer.cuda;
    if (answer.cuda) add_evidence("cuDriverGetVersion of " + answer.library, "CUDA " + answer.cuda->text());
    for (const auto& device : answer.devices) {
      m_gpus.push_back({device, {answer.library, fmt::format("{}, {}", device.name, device.architecture)}});
    }
    m_library_has_devices = !answer.devices.empty();
    for (const auto& [call, error] : answer.errors) {
      const auto text_of_error = fmt::format("{} answered {}", call, explained_cuda_error(error));
      if (error.starts_with("100 ")) {
        m_facts.absent.push_back({{answer.library, text_of_error}});
      } else {
        m_facts.failures.push_back({answer.library, text_of_error});
      }
    }
  }

  void add_evidence(const std::string& source, const std::string& raw) {
    if (!m_driver_evidence.source.empty()) m_driver_evidence.source += ", ", m_driver_evidence.raw += "; ";
    m_driver_evidence.source += source;
    m_driver_evidence.raw += raw;
  }

  void read_procfs_gpus() {
    for (const auto& address : m_host.list_directory(k_procfs_gpus).value_or(std::vector<std::string>{})) {
      const auto path = fmt::format("{}/{}/information", k_procfs_gpus, address);
      const auto text = m_host.read_file(path);
      if (!text) continue;
      const auto fields = fields_of(*text, ':');
      if (field(fields, "GPU Excluded") == "Yes") continue;
      auto& gpu = gpu_at(normal_pci_address(address), {path, "Model: " + field(fields, "Model")});
      if (gpu.value.name.empty()) gpu.value.name = field(fields, "Model");
    }
  }

  void read_pci() {
    // display_probe reports where the bus cannot be read.
    for (const auto& display : scan_displays(m_host).value_or(std::vector<Fact<PciDisplay>>{})) {
      if (display.value.vendor != k_vendor) continue;
      auto& gpu = gpu_at(normal_pci_address(display.value.pci), display.evidence);
      if (gpu.value.name.empty()) gpu.value.name = fmt::format("NVIDIA device {}:{}", display.value.vendor, display.value.device);
    }
  }

  bool has_driver() const { return m_driver.version.has_value() || m_has_procfs || m_has_library; }

  bool needs_smi() const {
    if (!has_driver()) return false;
    // WSL has no kernel module to read the version of, and so only nvidia-smi knows it.
    if (!m_driver.version) return true;
    return std::any_of(m_gpus.begin(), m_gpus.end(), [](const auto& gpu) { return gpu.value.architecture.empty(); });
  }

  void ask_smi() {
    const auto in_wsl = std::string(k_wsl_folder) + "/nvidia-smi";
    const std::vector<std::string> command = {m_host.exists(in_wsl) ? in_wsl : "nvidia-smi",
                                              "--query-gpu=name,compute_cap,memory.total,pci.bus_id,driver_version",
                                              "--format=csv,noheader,nounits"};
    const auto answer = m_host.run(command, k_smi_limit);
    if (!answer || answer->exit_status != 0) {
      const auto said = answer ? std::string(trimmed(answer->out.empty() ? answer->err : answer->out)) : answer.error().message;
      m_facts.failures.push_back({"nvidia-smi", answer ? fmt::format("exit status {}: {}", answer->exit_status, said) : said});
      return;
    }
    for (const auto& row : parse_smi_rows(answer->out)) {
      auto& gpu = gpu_at(row.gpu.pci, {"nvidia-smi --query-gpu", row.gpu.name + ", " + row.gpu.architecture});
      if (gpu.value.architecture.empty()) gpu = {row.gpu, {"nvidia-smi --query-gpu", row.gpu.name + ", " + row.gpu.architecture}};
      if (!gpu.value.memory_bytes) gpu.value.memory_bytes = row.gpu.memory_bytes;
      if (row.driver && !m_driver.version) {
        m_driver.version = row.driver;
        add_evidence("nvidia-smi --query-gpu", "driver " + row.driver->text());
      }
    }
  }

  /// Why no program here could use the GPUs; empty where nothing stands in the way.
  std::string obstacle() {
    if (!has_driver()) return "no NVIDIA driver is loaded";
    if (m_library_has_devices || m_host.exists(k_wsl_folder)) return {};
    const int problem = m_host.open_device(k_control_node);
    if (problem == 0) return {};
    return fmt::format("`{}` cannot be opened: {}", k_control_node, std::strerror(problem));
  }

  void mark_unusable() {
    if (m_gpus.empty()) return;
    const auto why = obstacle();
    for (auto& gpu : m_gpus) {
      const bool hidden = m_library_has_devices && gpu.value.architecture.empty();
      gpu.value.unusable = hidden ? "the CUDA driver does not show it to this process" : why;
    }
    if (!why.empty()) m_facts.failures.push_back({"NVIDIA GPU", why});
  }

  void publish() {
    if (m_driver.version || m_driver.cuda) {
      m_driver.kind = "cuda";
      m_facts.drivers.push_back({m_driver, m_driver_evidence});
      if (m_gpus.empty()) m_facts.absent.push_back({{m_driver_evidence.source, "an NVIDIA driver is here, but no GPU"}});
    }
    if (!m_has_library) {
      // On a machine without NVIDIA hardware, a missing driver library is what is to be expected.
      if (m_gpus.empty() && !has_driver()) {
        m_facts.absent.push_back({{"libcuda.so.1", m_library_failure}});
      } else {
        m_facts.failures.push_back({"libcuda.so.1", m_library_failure});
      }
    }
    m_facts.accelerators.insert(m_facts.accelerators.end(), m_gpus.begin(), m_gpus.end());
  }

  HostSystem& m_host;
  HostFacts& m_facts;
  std::vector<Fact<Accelerator>> m_gpus;
  DriverStack m_driver{.kind = "cuda", .version = {}, .cuda = {}};
  Evidence m_driver_evidence;
  std::string m_library_failure;
  bool m_has_library = false, m_library_has_devices = false, m_has_procfs = false;
};

void run_nvidia_probe(HostSystem& host, HostFacts& facts) {
  // Without /proc this is not Linux, and there is no driver of NVIDIA's to ask.
  if (host.exists("/proc/sys/kernel/osrelease")) Search(host, facts).run();
}

}  // namespace

constinit const Probe nvidia_probe = {.name = "nvidia", .describes = "driver version, GPUs, compute capability", .run = run_nvidia_probe};

}  // namespace torchup
