// Which GPUs of Intel's are here that torch's XPU builds could use? One that is part of a processor is an XPU only where Level Zero
// says so or its architecture is one of theirs: being Intel's is not enough.
#include "torchup/probes/probe.hpp"

#include "probes/shared/device_node.hpp"
#include "probes/shared/intel_devices.hpp"
#include "probes/shared/macos.hpp"
#include "probes/shared/nvidia_text.hpp"
#include "probes/shared/pci_scan.hpp"
#include "probes/shared/text.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace torchup {

extern const Probe xpu_probe;

namespace {

constexpr const char* k_vendor = "8086";

/// One run of the probe.
class Search {
 public:
  Search(HostSystem& host, HostFacts& facts) : m_host(host), m_facts(facts) {}

  void run() {
    const auto text = m_host.query_driver(DriverLibrary::level_zero);
    if (text) {
      read_answer(parse_driver_answer(*text));
    } else {
      m_facts.absent.push_back({{soname_of(DriverLibrary::level_zero), text.error().message}});
    }
    for (const auto& display : scan_displays(m_host).value_or(std::vector<Fact<PciDisplay>>{})) {
      if (display.value.vendor == k_vendor) add_display(display, text ? "" : text.error().message);
    }
    publish(text.has_value());
  }

 private:
  struct Device {
    std::string id;
    Fact<Accelerator> gpu;
  };

  void read_answer(const DriverAnswer& answer) {
    const auto library = answer.field("library");
    for (std::size_t i = 0; i < answer.device_count(); ++i) {
      const auto id = answer.device_field(i, "id"), ip = answer.device_field(i, "ip");
      const auto known = intel_device(std::string_view(id).substr(id.find(':') + 1));
      Accelerator gpu{.kind = "xpu", .name = answer.device_field(i, "name"), .architecture = std::string(known.architecture)};
      if (!ip.empty()) gpu.architecture = "ip_" + ip;
      gpu.integrated = answer.device_field(i, "integrated") == "1";
      m_devices.push_back({id, {gpu, {library, fmt::format("{}, {}", gpu.name, id)}}});
    }
    for (const auto& [call, error] : answer.errors) m_facts.failures.push_back({library, fmt::format("{} answered {}", call, error)});
    // It says how its first call went, whatever follows.
    const bool is_whole = answer.fields.contains("device_count") &&
                          (answer.device_count() == 0 || !answer.device_field(answer.device_count() - 1, "id").empty());
    if (answer.errors.empty() && (answer.field("init").empty() || !is_whole))
      m_facts.failures.push_back({soname_of(DriverLibrary::level_zero), "what it answered is no answer"});
    if (const auto at = answer.errors.find("zeInit"); at != answer.errors.end()) m_init_error = at->second;
  }

  void add_display(const Fact<PciDisplay>& display, const std::string& library_failure) {
    const auto id = fmt::format("{}:{}", display.value.vendor, display.value.device);
    const auto is_it = [&](const Device& device) { return device.id == id && device.gpu.value.pci.empty(); };
    if (const auto at = std::find_if(m_devices.begin(), m_devices.end(), is_it); at != m_devices.end()) {
      at->gpu.value.pci = display.value.pci;
      open_render_node(display.value.pci);
      return;
    }
    const auto known = intel_device(display.value.device);
    // A screen's worth of graphics in a processor: nothing to build for, and nothing to complain of.
    if (known.architecture.empty()) return;
    Accelerator gpu{.kind = "xpu",
                    .name = "Intel device " + id,
                    .architecture = std::string(known.architecture),
                    .memory_bytes = {},
                    .pci = display.value.pci};
    gpu.integrated = known.integrated;
    gpu.unusable = why_unseen(display.value, library_failure);
    m_facts.failures.push_back({"Intel GPU", gpu.unusable});
    m_devices.push_back({id, {gpu, display.evidence}});
  }

  /// Why Level Zero does not list a GPU that is on the bus.
  std::string why_unseen(const PciDisplay& display, const std::string& library_failure) {
    const bool is_foreign = !display.driver.empty() && display.driver != "i915" && display.driver != "xe";
    if (is_foreign) return fmt::format("the kernel driver `{}` has it, not Intel's", display.driver);
    if (!library_failure.empty()) return "Intel's compute runtime is not installed: " + library_failure;
    if (const auto closed = open_render_node(display.pci); !closed.empty()) return closed;
    if (!m_init_error.empty()) return "zeInit answered " + m_init_error;
    return "Level Zero does not list it";
  }

  /// Why the GPU's render node cannot be opened; empty where it can, or has none.
  std::string open_render_node(const std::string& pci) {
    const auto names = m_host.list_directory("/sys/bus/pci/devices/" + pci + "/drm").value_or(std::vector<std::string>{});
    const auto at = std::find_if(names.begin(), names.end(), [](const auto& name) { return name.starts_with("renderD"); });
    return at == names.end() ? "" : why_closed(open_node(m_host, m_facts, "/dev/dri/" + *at));
  }

  void publish(bool has_library) {
    if (has_library && !m_devices.empty()) {
      m_facts.drivers.push_back({{.kind = "xpu"}, {soname_of(DriverLibrary::level_zero), fmt::format("{} devices", m_devices.size())}});
    }
    for (auto& device : m_devices) m_facts.accelerators.push_back(std::move(device.gpu));
  }

  HostSystem& m_host;
  HostFacts& m_facts;
  std::vector<Device> m_devices;
  std::string m_init_error;
};

void run_xpu_probe(HostSystem& host, HostFacts& facts) {
  if (!is_macos(host)) Search(host, facts).run();
}

}  // namespace

constinit const Probe xpu_probe = {.name = "xpu", .describes = "Intel GPUs that Level Zero drives, or could", .run = run_xpu_probe};

}  // namespace torchup
