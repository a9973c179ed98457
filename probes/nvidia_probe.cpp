// Which NVIDIA driver runs here, and which GPUs has it? The driver's own libraries are asked first; sysfs and procfs complete
// them where they fail; `nvidia-smi` comes last, and only its queries, never its table.
#include "torchup/probes/probe.hpp"

#include "probes/shared/device_node.hpp"
#include "probes/shared/macos.hpp"
#include "probes/shared/nvidia_text.hpp"
#include "probes/shared/nvidia_trouble.hpp"
#include "probes/shared/pci_scan.hpp"
#include "probes/shared/runtime_library.hpp"
#include "probes/shared/text.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace torchup {

extern const Probe nvidia_probe;

namespace {

constexpr std::chrono::seconds k_smi_limit{15};
constexpr const char* k_module = "/sys/module/nvidia/version";
constexpr const char* k_procfs = "/proc/driver/nvidia/version";
constexpr const char* k_procfs_gpus = "/proc/driver/nvidia/gpus";
constexpr const char* k_wsl_folder = "/usr/lib/wsl/lib";
constexpr const char* k_vendor = "10de";

/// One run of the probe: what its sources have told so far.
class Search {
 public:
  Search(HostSystem& host, HostFacts& facts) : m_host(host), m_facts(facts) {}

  void run() {
    read_module_version();
    ask_cuda();
    ask_nvml();
    read_procfs_gpus();
    read_pci();
    if (needs_smi()) ask_smi();
    if (has_driver()) open_nodes();
    find_trouble();
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
    if (!text || lines_of(*text).empty()) return;
    m_state.has_procfs = true;
    m_driver.flavour = nvrm_flavour(*text);
    if (auto version = parse_nvrm_version(*text); version && !m_driver.version)
      set_driver(*version, k_procfs, std::string(lines_of(*text).front()));
  }

  void set_driver(const NumericVersion& version, const std::string& source, const std::string& raw) {
    m_driver.version = version;
    m_driver_evidence = {source, std::string(trimmed(raw))};
  }

  void ask_cuda() {
    const auto text = m_host.query_driver(DriverLibrary::cuda);
    if (!text) {
      m_library_failure = text.error().message;
      return;
    }
    const auto answer = parse_cuda_answer(*text);
    m_state.has_library = true;
    m_state.cuda_errors = answer.errors;
    // What a forward-compatibility library says that the device refuses, or a stub says, is nothing that the driver can do.
    const bool is_credible = !m_state.cuda_failed_with(804) && !m_state.cuda_failed_with(34);
    if (answer.cuda && is_credible) {
      m_driver.cuda = answer.cuda;
      add_evidence("cuDriverGetVersion of " + answer.library, "CUDA " + answer.cuda->text());
    }
    for (const auto& device : answer.devices) {
      m_gpus.push_back({device, {answer.library, fmt::format("{}, {}", device.name, device.architecture)}});
    }
    m_state.library_has_devices = !answer.devices.empty();
    read_library_version(answer.library);
    report(answer.library, answer.errors, explained_cuda_error);
  }

  /// After an upgrade of the packages the module in the kernel is still the old one, until the machine is started anew.
  void read_library_version(const std::string& path) {
    const auto library = describe_runtime_library(m_host, soname_of(DriverLibrary::cuda), path, LibraryOf::driver);
    if (library.role != "driver") return;
    m_driver.libraries = library.version;
    if (!library.version || !m_driver.version || *library.version == *m_driver.version) return;
    m_facts.failures.push_back(
        {library.real_path,
         fmt::format("the driver's library is of version {}, its kernel module of {}; a restart after an upgrade mends it",
                     library.version->text(), m_driver.version->text())});
  }

  void ask_nvml() {
    const auto text = m_host.query_driver(DriverLibrary::nvml);
    if (!text) return;  // Where libcuda is there and this is not, nothing is lost but details.
    const auto answer = parse_nvml_answer(*text);
    m_state.fabric = answer.fabric;
    m_state.nvml_errors = answer.errors;
    if (answer.driver && !m_driver.version) {
      m_driver.version = answer.driver;
      add_evidence("nvmlSystemGetDriverVersion of " + answer.library, "driver " + answer.driver->text());
    }
    if (answer.cuda && !m_driver.cuda) {
      m_driver.cuda = answer.cuda;
      add_evidence("nvmlSystemGetCudaDriverVersion of " + answer.library, "CUDA " + answer.cuda->text());
    }
    for (const auto& device : answer.devices) add_nvml_device(device, answer.library);
    report(answer.library, answer.errors, explained_nvml_error);
  }

  void add_nvml_device(const Accelerator& device, const std::string& library) {
    // A GPU that is lost does not even tell its address; the kernel's files do.
    if (device.pci.empty()) {
      if (device.nvidia && !device.nvidia->state.empty()) m_state.silent_gpu = device.nvidia->state;
      return;
    }
    auto& gpu = gpu_at(device.pci, {library, fmt::format("{}, {}", device.name, device.architecture)}).value;
    if (gpu.name.empty()) gpu.name = device.name;
    if (gpu.architecture.empty()) gpu.architecture = device.architecture;
    if (!gpu.memory_bytes) gpu.memory_bytes = device.memory_bytes;
    gpu.nvidia = device.nvidia;
  }

  template <class Errors, class Explain>
  void report(const std::string& library, const Errors& errors, Explain explain) {
    for (const auto& [call, error] : errors) {
      const auto text = fmt::format("{} answered {}", call, explain(error));
      if (call == "cuInit" && error.starts_with("100 ")) {
        m_facts.absent.push_back({{library, text}});
      } else {
        m_facts.failures.push_back({library, text});
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
      if (field(fields, "GPU Excluded") == "Yes" || field(fields, "Blacklisted") == "Yes") continue;
      auto& gpu = gpu_at(normal_pci_address(address), {path, "Model: " + field(fields, "Model")}).value;
      if (gpu.name.empty()) gpu.name = field(fields, "Model");
      if (!gpu.nvidia) gpu.nvidia = NvidiaDevice{.uuid = field(fields, "GPU UUID")};
      if (const auto minor = number_in(field(fields, "Device Minor")); minor && *minor < 256)
        m_nodes.push_back(fmt::format("/dev/nvidia{}", *minor));
    }
  }

  void read_pci() {
    // display_probe reports where the bus cannot be read.
    for (const auto& display : scan_displays(m_host).value_or(std::vector<Fact<PciDisplay>>{})) {
      if (display.value.vendor != k_vendor) continue;
      auto& gpu = gpu_at(normal_pci_address(display.value.pci), display.evidence).value;
      if (gpu.name.empty()) gpu.name = fmt::format("NVIDIA device {}:{}", display.value.vendor, display.value.device);
      m_state.kernel_drivers[gpu.pci] = display.value.driver;
    }
  }

  bool has_driver() const { return m_driver.version.has_value() || m_state.has_procfs || m_state.has_library; }

  bool needs_smi() const {
    if (!has_driver()) return false;
    // WSL has no kernel module to read the version of; where NVML did not tell it either, only nvidia-smi knows.
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
      const Evidence evidence{"nvidia-smi --query-gpu", row.gpu.name + ", " + row.gpu.architecture};
      auto& gpu = gpu_at(row.gpu.pci, evidence);
      if (gpu.value.architecture.empty()) {
        gpu.value.name = row.gpu.name;
        gpu.value.architecture = row.gpu.architecture;
        gpu.evidence = evidence;
      }
      if (!gpu.value.memory_bytes) gpu.value.memory_bytes = row.gpu.memory_bytes;
      if (row.driver && !m_driver.version) {
        m_driver.version = row.driver;
        add_evidence("nvidia-smi --query-gpu", "driver " + row.driver->text());
      }
    }
  }

  void open_nodes() {
    m_state.is_wsl = m_host.exists(k_wsl_folder);
    // In WSL there is one node for all of DirectX.
    if (m_state.is_wsl) m_nodes = {"/dev/dxg"};
    if (const auto found = m_host.find_library(soname_of(DriverLibrary::cuda));
        m_state.is_wsl && found && !found->starts_with(k_wsl_folder))
      m_state.shadowing = *found;
    if (!m_state.is_wsl) m_nodes.insert(m_nodes.begin(), {k_control_node, k_uvm_node});
    for (const auto& path : m_nodes) m_state.nodes.push_back(open_node(m_host, m_facts, path));
  }

  /// A GPU that did not tell NVML its address is one of those of which nothing but the address is known.
  void mark_if_silent(Accelerator& gpu) {
    const auto bound = m_state.kernel_drivers.find(gpu.pci);
    const bool is_foreign = bound != m_state.kernel_drivers.end() && !bound->second.empty() && bound->second != "nvidia";
    if (m_state.silent_gpu.empty() || !gpu.architecture.empty() || is_foreign) return;
    if (!gpu.nvidia) gpu.nvidia = NvidiaDevice{};
    gpu.nvidia->state = m_state.silent_gpu;
  }

  void find_trouble() {
    m_state.has_driver = has_driver();
    for (auto& gpu : m_gpus) {
      mark_if_silent(gpu.value);
      gpu.value.unusable = why_unusable(m_state, gpu.value);
      if (gpu.value.unusable.empty()) gpu.value.trouble = find_nvidia_trouble(m_state, gpu.value);
      const auto& why = gpu.value.unusable.empty() ? gpu.value.trouble : gpu.value.unusable;
      const ProbeFailure failed{"NVIDIA GPU", why};
      const bool is_known = std::find(m_facts.failures.begin(), m_facts.failures.end(), failed) != m_facts.failures.end();
      if (!why.empty() && !is_known) m_facts.failures.push_back(failed);
    }
  }

  void publish() {
    if (m_driver.version || m_driver.cuda) {
      m_driver.kind = "cuda";
      m_facts.drivers.push_back({m_driver, m_driver_evidence});
      if (m_gpus.empty()) m_facts.absent.push_back({{m_driver_evidence.source, "an NVIDIA driver is here, but no GPU"}});
    }
    if (!m_state.has_library) {
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
  std::vector<std::string> m_nodes;
  NvidiaState m_state;
};

void run_nvidia_probe(HostSystem& host, HostFacts& facts) {
  if (!is_macos(host)) Search(host, facts).run();
}

}  // namespace

constinit const Probe nvidia_probe = {
    .name = "nvidia", .describes = "NVIDIA's driver, its GPUs, their architecture and state", .run = run_nvidia_probe};

}  // namespace torchup
