// Which AMD GPUs does the kernel's compute driver list, may this process open them, and what do variables make of them?
#include "torchup/probes/probe.hpp"

#include "probes/shared/amd_devices.hpp"
#include "probes/shared/device_node.hpp"
#include "probes/shared/macos.hpp"
#include "probes/shared/pci_scan.hpp"
#include "probes/shared/text.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace torchup {

extern const Probe rocm_probe;

namespace {

constexpr const char* k_nodes = "/sys/class/kfd/kfd/topology/nodes";
constexpr const char* k_vendor = "1002";
constexpr std::size_t k_most_nodes = 256;

using Fields = std::map<std::string, std::string, std::less<>>;

std::uint64_t number_of(const Fields& fields, const char* key) { return number_in(field(fields, key)).value_or(0); }

/// One run of the probe.
class Search {
 public:
  Search(HostSystem& host, HostFacts& facts) : m_host(host), m_facts(facts) {}

  void run() {
    const auto listed = m_host.list_directory(k_nodes);
    // Without the compute driver there is no such folder, and that is an answer.
    if (!listed && is_missing(listed.error())) m_facts.absent.push_back({{k_nodes, "no compute driver of AMD's is loaded"}});
    if (!listed && !is_missing(listed.error())) m_facts.failures.push_back({k_nodes, listed.error().message});
    const auto nodes = listed.value_or(std::vector<std::string>{});
    for (std::size_t i = 0; i < std::min(nodes.size(), k_most_nodes); ++i) read_node(nodes[i]);
    if (m_found == 0 && listed) m_facts.absent.push_back({{k_nodes, "the compute driver lists no GPU"}});
    read_pci();
    if (m_found > 0) add_driver();
  }

 private:
  std::optional<std::uint64_t> memory_of(const std::string& node) {
    std::uint64_t total = 0;
    for (const auto& bank : m_host.list_directory(node + "/mem_banks").value_or(std::vector<std::string>{})) {
      const auto fields = fields_of(m_host.read_file(node + "/mem_banks/" + bank + "/properties").value_or(""), ' ');
      // What a hostile text adds up to is no matter, as long as it adds up.
      total += number_of(fields, "size_in_bytes");
    }
    return total == 0 ? std::nullopt : std::optional(total);
  }

  void read_node(const std::string& name) {
    const auto path = std::string(k_nodes) + "/" + name + "/properties";
    const auto text = m_host.read_file(path);
    if (!text) return m_facts.failures.push_back({path, text.error().message});
    const auto fields = fields_of(*text, ' ');
    if (!fields.contains("simd_count")) return m_facts.failures.push_back({path, "it does not say how many compute units there are"});
    // A processor is a node too, without compute units.
    if (number_of(fields, "simd_count") == 0) return;
    Accelerator gpu{
        .kind = "rocm", .name = {}, .architecture = {}, .memory_bytes = memory_of(std::string(k_nodes) + "/" + name), .pci = {}};
    gpu.pci = pci_of_location(number_of(fields, "domain"), number_of(fields, "location_id"));
    std::string raw;
    if (const auto version = number_of(fields, "gfx_target_version"); version != 0) {
      gpu.architecture = gfx_of_target_version(version);
      raw = fmt::format("gfx_target_version {}", version);
    } else {
      // Kernels before 5.14 do not say the architecture; the device's number does, for the GPUs of that time.
      gpu.architecture = gfx_of_device(number_of(fields, "device_id"));
      raw = fmt::format("device_id {}", number_of(fields, "device_id"));
    }
    gpu.name = gpu.architecture.empty() ? fmt::format("AMD device {:04x}", number_of(fields, "device_id")) : "AMD " + gpu.architecture;
    gpu.taken_for = override_of(m_found);
    gpu.unusable = obstacle(number_of(fields, "drm_render_minor"));
    if (!gpu.unusable.empty()) report(gpu.unusable);
    m_facts.accelerators.push_back({gpu, {path, raw}});
    ++m_found;
  }

  /// HSA_OVERRIDE_GFX_VERSION=10.3.0, or the one of a single GPU by its number among them.
  std::string override_of(std::size_t index) {
    auto value = m_host.environment(fmt::format("HSA_OVERRIDE_GFX_VERSION_{}", index));
    if (!value) value = m_host.environment("HSA_OVERRIDE_GFX_VERSION");
    return value ? gfx_of_override(*value) : "";
  }

  std::string obstacle(std::uint64_t render_minor) {
    if (!m_kfd) m_kfd = open_node(m_host, m_facts, "/dev/kfd");
    if (m_kfd->problem != 0) return why_closed(*m_kfd);
    // The kernel counts render nodes from 128 on; 0 means that it does not say.
    if (render_minor < 128 || render_minor > 255) return {};
    return why_closed(open_node(m_host, m_facts, fmt::format("/dev/dri/renderD{}", render_minor)));
  }

  void report(const std::string& why) {
    const ProbeFailure failed{"AMD GPU", why};
    if (std::find(m_facts.failures.begin(), m_facts.failures.end(), failed) == m_facts.failures.end()) m_facts.failures.push_back(failed);
  }

  /// GPUs on the bus that the compute driver does not list.
  void read_pci() {
    if (m_found > 0) return;
    for (const auto& display : scan_displays(m_host).value_or(std::vector<Fact<PciDisplay>>{})) {
      if (display.value.vendor != k_vendor) continue;
      Accelerator gpu{.kind = "rocm",
                      .name = fmt::format("AMD device {}:{}", display.value.vendor, display.value.device),
                      .architecture = {},
                      .memory_bytes = {},
                      .pci = normal_pci_address(display.value.pci)};
      const auto& driver = display.value.driver;
      gpu.unusable = driver.empty() || driver == "amdgpu" ? "the kernel's compute driver (amdgpu with KFD) does not list it"
                                                          : fmt::format("the kernel driver `{}` has it, not amdgpu", driver);
      report(gpu.unusable);
      m_facts.accelerators.push_back({gpu, display.evidence});
    }
  }

  void add_driver() {
    constexpr const char* k_module = "/sys/module/amdgpu/version";
    DriverStack driver{.kind = "rocm", .version = {}, .cuda = {}};
    const auto text = m_host.read_file(k_module);
    // Only the driver that AMD ships apart has a version; the kernel's own has none, and is a driver all the same.
    if (text) {
      if (auto version = NumericVersion::parse(trimmed(*text))) driver.version = *version;
    }
    m_facts.drivers.push_back({driver, {text ? k_module : k_nodes, text ? std::string(trimmed(*text)) : "the kernel's own amdgpu"}});
  }

  HostSystem& m_host;
  HostFacts& m_facts;
  std::optional<DeviceNode> m_kfd;
  std::size_t m_found = 0;
};

void run_rocm_probe(HostSystem& host, HostFacts& facts) {
  if (!is_macos(host)) Search(host, facts).run();
}

}  // namespace

constinit const Probe rocm_probe = {.name = "rocm", .describes = "AMD GPUs, their architecture, access to them", .run = run_rocm_probe};

}  // namespace torchup
