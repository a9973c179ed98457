// What can this processor do, and how much of it may this process use?
#include "torchup/probes/probe.hpp"

#include "probes/shared/cgroup.hpp"
#include "probes/shared/text.hpp"
#include "probes/shared/x86_level.hpp"
#include "probes/shared/x86_state.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <set>

namespace torchup {

extern const Probe cpu_probe;

namespace {

using Fields = std::map<std::string, std::string, std::less<>>;

constexpr const char* k_cpuinfo = "/proc/cpuinfo";

std::string arm_core(const Fields& first) {
  // The registry of implementers and parts that lscpu knows too; only cores that torch is commonly run on.
  static const std::map<std::string, std::string, std::less<>> k_cores = {
      {"0x41/0xd08", "Cortex-A72"},   {"0x41/0xd0b", "Cortex-A76"},  {"0x41/0xd0c", "Neoverse N1"}, {"0x41/0xd40", "Neoverse V1"},
      {"0x41/0xd42", "Cortex-A78AE"}, {"0x41/0xd49", "Neoverse N2"}, {"0x41/0xd4f", "Neoverse V2"}, {"0x41/0xd83", "Neoverse V3AE"},
      {"0x41/0xd84", "Neoverse V3"},  {"0x41/0xd85", "Cortex-X925"}, {"0x46/0x001", "A64FX"}};
  const auto id = field(first, "CPU implementer") + "/" + field(first, "CPU part");
  const auto at = k_cores.find(id);
  return at == k_cores.end() ? "ARM core " + id : at->second;
}

/// Different (package, core) pairs; where the file names none, every processor is a core.
unsigned count_cores(const std::string& cpuinfo, unsigned processors) {
  std::set<std::pair<std::string, std::string>> cores;
  std::string package;
  for (const auto line : lines_of(cpuinfo)) {
    const auto value = [&] { return std::string(trimmed(line.substr(std::min(line.find(':'), line.size() - 1) + 1))); };
    if (line.starts_with("physical id")) package = value();
    if (line.starts_with("core id")) cores.emplace(package, value());
  }
  return cores.empty() ? processors : static_cast<unsigned>(cores.size());
}

unsigned count_processors(const std::string& cpuinfo) {
  const auto lines = lines_of(cpuinfo);
  const auto is_processor = [](std::string_view line) { return line.starts_with("processor") && line.find(':') != std::string_view::npos; };
  return static_cast<unsigned>(std::count_if(lines.begin(), lines.end(), is_processor));
}

double usable_cores(HostSystem& host, unsigned logical, std::string& sources) {
  double usable = logical;
  const auto status = host.read_file("/proc/self/status");
  const auto allowed = status ? count_of_list(field(fields_of(*status, ':'), "Cpus_allowed_list")) : 0U;
  if (allowed > 0 && allowed < logical) {
    usable = allowed;
    sources += ", /proc/self/status";
  }
  if (const auto quota = cgroup_cpu_quota(host); quota && quota->value < usable) {
    usable = quota->value;
    sources += ", " + quota->evidence.source;
  }
  return usable;
}

std::string level_of(HostSystem& host, const std::string& machine, const std::set<std::string, std::less<>>& flags, std::string& sources) {
  if (machine != "x86_64") return machine == "arm64" ? "aarch64" : machine;
  if (const unsigned level = x86_level_of_cpuid(host); level > 0) {
    sources += ", CPUID, XCR0";
    return fmt::format("x86-64-v{}", level);
  }
  return fmt::format("x86-64-v{}", x86_level_of_flags(flags));
}

/// "implementer/part" of each kind of core, in their order; big and little cores of one chip differ.
std::vector<std::string> arm_parts(const std::string& cpuinfo) {
  constexpr std::size_t k_most = 16;
  std::vector<std::string> parts;
  std::string implementer;
  for (const auto line : lines_of(cpuinfo)) {
    const auto value = [&] { return std::string(trimmed(line.substr(std::min(line.find(':'), line.size() - 1) + 1))); };
    if (line.starts_with("CPU implementer")) implementer = value();
    if (!line.starts_with("CPU part")) continue;
    const auto part = implementer + "/" + value();
    if (parts.size() < k_most && std::find(parts.begin(), parts.end(), part) == parts.end()) parts.push_back(part);
  }
  return parts;
}

unsigned count_numa_nodes(HostSystem& host) {
  const auto names = host.list_directory("/sys/devices/system/node").value_or(std::vector<std::string>{});
  return static_cast<unsigned>(
      std::count_if(names.begin(), names.end(), [](const auto& name) { return name.starts_with("node") && number_in(name.substr(4)); }));
}

void run_cpu_probe(HostSystem& host, HostFacts& facts) {
  const auto cpuinfo = host.read_file(k_cpuinfo);
  if (!cpuinfo) return;  // Not Linux: macos_probe answers.
  // The first processor stands for all: its block ends at the first blank line.
  const auto first = fields_of(std::string_view(*cpuinfo).substr(0, cpuinfo->find("\n\n")), ':');
  const auto words = field(first, "flags") + field(first, "Features");
  std::set<std::string, std::less<>> flags;
  for (const auto flag : split(words, ' ')) {
    if (!flag.empty()) flags.emplace(flag);
  }
  std::string sources = k_cpuinfo;
  CpuFeatures cpu;
  const bool is_arm = first.contains("CPU implementer");
  cpu.vendor = is_arm ? field(first, "CPU implementer") : field(first, "vendor_id");
  cpu.model = is_arm ? arm_core(first) : field(first, "model name");
  cpu.features.assign(flags.begin(), flags.end());
  cpu.level = level_of(host, host.machine(), flags, sources);
  cpu.logical_cores = count_processors(*cpuinfo);
  cpu.physical_cores = count_cores(*cpuinfo, cpu.logical_cores);
  cpu.usable_cores = usable_cores(host, cpu.logical_cores, sources);
  if (is_arm) cpu.parts = arm_parts(*cpuinfo);
  cpu.saved_state = host.xcr0();
  cpu.amx_permitted = may_use_amx(host);
  cpu.hypervisor = hypervisor_name(host);
  cpu.numa_nodes = count_numa_nodes(host);
  facts.cpu = Fact<CpuFeatures>{cpu, {sources, cpu.model}};
}

}  // namespace

constinit const Probe cpu_probe = {.name = "cpu", .describes = "processor, instruction-set level, usable cores", .run = run_cpu_probe};

}  // namespace torchup
