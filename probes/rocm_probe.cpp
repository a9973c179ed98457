// Which AMD GPUs does the kernel's compute driver list, and may this process open it?
#include "torchup/probes/probe.hpp"

#include "probes/shared/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>

namespace torchup {

extern const Probe rocm_probe;

namespace {

constexpr const char* k_nodes = "/sys/class/kfd/kfd/topology/nodes";
constexpr std::size_t k_most_nodes = 256;

/// 90010 is gfx90a: decimal major, hexadecimal minor and step.
std::string gfx_of(std::uint64_t version) {
  return fmt::format("gfx{}{:x}{:x}", version / 10000 % 100, version / 100 % 100, version % 100);
}

std::optional<std::uint64_t> memory_of(HostSystem& host, const std::string& node) {
  std::uint64_t total = 0;
  for (const auto& bank : host.list_directory(node + "/mem_banks").value_or(std::vector<std::string>{})) {
    const auto fields = fields_of(host.read_file(node + "/mem_banks/" + bank + "/properties").value_or(""), ' ');
    total += number_in(field(fields, "size_in_bytes")).value_or(0);
  }
  return total == 0 ? std::nullopt : std::optional(total);
}

void add_driver(HostSystem& host, HostFacts& facts) {
  constexpr const char* k_module = "/sys/module/amdgpu/version";
  DriverStack driver{.kind = "rocm", .version = {}, .cuda = {}};
  const auto text = host.read_file(k_module);
  // Only the driver that AMD ships apart has a version; the kernel's own has none, and is a driver all the same.
  if (text) {
    if (auto version = NumericVersion::parse(trimmed(*text))) driver.version = *version;
  }
  facts.drivers.push_back({driver, {text ? k_module : k_nodes, text ? std::string(trimmed(*text)) : "the kernel's own amdgpu"}});
}

void run_rocm_probe(HostSystem& host, HostFacts& facts) {
  const auto nodes = host.list_directory(k_nodes).value_or(std::vector<std::string>{});
  bool found = false;
  for (std::size_t i = 0; i < std::min(nodes.size(), k_most_nodes); ++i) {
    const auto folder = std::string(k_nodes) + "/" + nodes[i];
    const auto fields = fields_of(host.read_file(folder + "/properties").value_or(""), ' ');
    const auto version = number_in(field(fields, "gfx_target_version")).value_or(0);
    // A processor is a node too, without a target and without compute units.
    if (version == 0 || number_in(field(fields, "simd_count")).value_or(0) == 0) continue;
    Accelerator gpu{.kind = "rocm",
                    .name = "AMD " + gfx_of(version),
                    .architecture = gfx_of(version),
                    .memory_bytes = memory_of(host, folder),
                    .pci = ""};
    if (const int problem = host.open_device("/dev/kfd"); problem != 0)
      gpu.unusable = fmt::format("`/dev/kfd` cannot be opened: {}", std::strerror(problem));
    if (!gpu.unusable.empty() && !found) facts.failures.push_back({"AMD GPU", gpu.unusable});
    facts.accelerators.push_back({gpu, {folder + "/properties", fmt::format("gfx_target_version {}", version)}});
    found = true;
  }
  if (found) add_driver(host, facts);
}

}  // namespace

constinit const Probe rocm_probe = {.name = "rocm", .describes = "AMD GPUs, their architecture, access to them", .run = run_rocm_probe};

}  // namespace torchup
