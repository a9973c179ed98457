#include "torchup/probes/named_facts.hpp"

#include <fmt/format.h>

namespace torchup {
namespace {

std::string text_of(const std::string& text) { return text; }
std::string text_of(bool yes) { return yes ? "true" : "false"; }
std::string text_of(const NumericVersion& version) { return version.text(); }
std::string text_of(std::uint64_t number) { return std::to_string(number); }
std::string text_of(unsigned number) { return std::to_string(number); }
std::string text_of(int number) { return std::to_string(number); }
std::string text_of(double number) { return fmt::format("{:g}", number); }
std::string text_of(const std::vector<std::string>& texts) { return fmt::format("{}", fmt::join(texts, " ")); }
template <class T>
std::string text_of(const std::optional<T>& value) {
  return value ? text_of(*value) : std::string();
}

/// Takes the rows of one group, all read at one place.
class Rows {
 public:
  Rows(std::vector<NamedFact>& into, std::string prefix, const Evidence& evidence)
      : m_into(into), m_prefix(std::move(prefix)), m_evidence(evidence) {}

  template <class T>
  Rows& add(const std::string& name, const T& value) {
    m_into.push_back({m_prefix + name, text_of(value), m_evidence});
    return *this;
  }

 private:
  std::vector<NamedFact>& m_into;
  std::string m_prefix;
  const Evidence& m_evidence;
};

void name(Rows rows, const OperatingSystem& os) {
  rows.add("system", os.system).add("machine", os.machine).add("kernel", os.kernel).add("distribution", os.distribution);
  rows.add("container", os.container).add("board", os.board).add("wsl", os.wsl).add("version", os.version);
  rows.add("control_groups", os.control_groups).add("rosetta", os.rosetta);
}

void name(Rows rows, const Libc& libc) { rows.add("family", libc.family).add("version", libc.version); }

void name(Rows rows, const CpuFeatures& cpu) {
  rows.add("vendor", cpu.vendor).add("model", cpu.model).add("level", cpu.level).add("features", cpu.features);
  rows.add("cores.physical", cpu.physical_cores).add("cores.logical", cpu.logical_cores).add("cores.usable", cpu.usable_cores);
  rows.add("parts", cpu.parts).add("saved_state", cpu.saved_state).add("amx_permitted", cpu.amx_permitted);
  rows.add("numa_nodes", cpu.numa_nodes).add("hypervisor", cpu.hypervisor);
}

void name(Rows rows, const CpuConditions& conditions) {
  rows.add("governor", conditions.governor).add("boost", conditions.boost).add("smt", conditions.smt);
  rows.add("cpu_pressure", conditions.cpu_pressure).add("memory_pressure", conditions.memory_pressure);
  rows.add("stolen", conditions.stolen).add("isolated", conditions.isolated);
}

void name(Rows rows, const CxxRuntime& runtime) {
  rows.add("path", runtime.path).add("real_path", runtime.real_path).add("glibcxx", runtime.glibcxx).add("cxxabi", runtime.cxxabi);
}

void name(Rows rows, const Memory& memory) { rows.add("total_bytes", memory.total_bytes).add("limit_bytes", memory.limit_bytes); }

void name(Rows rows, const Disk& disk) {
  rows.add("path", disk.path).add("free_bytes", disk.free_bytes).add("free_inodes", disk.free_inodes);
}

void name(Rows rows, const Accelerator& gpu) {
  rows.add("kind", gpu.kind).add("name", gpu.name).add("architecture", gpu.architecture).add("memory_bytes", gpu.memory_bytes);
  rows.add("pci", gpu.pci).add("unusable", gpu.unusable).add("trouble", gpu.trouble).add("taken_for", gpu.taken_for);
  rows.add("metal", gpu.metal).add("integrated", gpu.integrated);
  if (!gpu.nvidia) return;
  const auto& nvidia = *gpu.nvidia;
  rows.add("nvidia.uuid", nvidia.uuid).add("nvidia.compute_mode", nvidia.compute_mode).add("nvidia.state", nvidia.state);
  rows.add("nvidia.mig", nvidia.mig).add("nvidia.ecc", nvidia.ecc);
  for (std::size_t i = 0; i < nvidia.instances.size(); ++i) {
    const auto key = fmt::format("nvidia.instances.{}.", i);
    const auto& instance = nvidia.instances[i];
    rows.add(key + "uuid", instance.uuid).add(key + "name", instance.name).add(key + "memory_bytes", instance.memory_bytes);
  }
}

void name(Rows rows, const PciDisplay& display) {
  rows.add("pci", display.pci).add("vendor", display.vendor).add("device", display.device).add("driver", display.driver);
}

void name(Rows rows, const DriverStack& driver) {
  rows.add("kind", driver.kind).add("version", driver.version).add("cuda", driver.cuda);
  rows.add("flavour", driver.flavour).add("libraries", driver.libraries);
}

void name(Rows rows, const DeviceNode& node) { rows.add("path", node.path).add("problem", node.problem).add("text", node.text); }

void name(Rows rows, const RuntimeLibrary& library) {
  rows.add("name", library.name).add("path", library.path).add("real_path", library.real_path).add("role", library.role);
  rows.add("version", library.version).add("result", library.result).add("meaning", library.meaning);
}

void name(Rows rows, const FabricManager& fabric) { rows.add("needed", fabric.needed).add("state", fabric.state); }

void name(Rows rows, const Toolkit& toolkit) {
  rows.add("kind", toolkit.kind).add("version", toolkit.version).add("path", toolkit.path);
  rows.add("compiler", toolkit.compiler).add("named_by", toolkit.named_by);
}

void name(Rows rows, const Python& python) {
  rows.add("path", python.path).add("executable", python.executable).add("version", python.version);
  rows.add("implementation", python.implementation).add("abi_flags", python.abi_flags).add("platform", python.multiarch);
  rows.add("environment", python.environment).add("base_prefix", python.base_prefix).add("externally_managed", python.externally_managed);
}

void name(Rows rows, const Framework& framework) {
  rows.add("name", framework.name).add("version", framework.version).add("variant", framework.variant).add("path", framework.path);
  rows.add("distribution", framework.distribution).add("tag", framework.tag);
  rows.add("cuda", framework.cuda).add("hip", framework.hip).add("xpu", framework.xpu);
  rows.add("architectures", framework.architectures).add("requirements", framework.requirements);
}

void name(Rows rows, const EnvironmentVariable& variable) { rows.add("name", variable.name).add("value", variable.value); }

template <class T>
void name_one(std::vector<NamedFact>& rows, const char* group, const Finding<T>& finding) {
  if (const auto* fact = std::get_if<Fact<T>>(&finding)) name(Rows(rows, fmt::format("{}.", group), fact->evidence), fact->value);
}

template <class T>
void name_all(std::vector<NamedFact>& rows, const char* group, const std::vector<Fact<T>>& facts) {
  for (std::size_t i = 0; i < facts.size(); ++i) name(Rows(rows, fmt::format("{}.{}.", group, i), facts[i].evidence), facts[i].value);
}

}  // namespace

std::vector<NamedFact> name_facts(const HostFacts& facts) {
  std::vector<NamedFact> rows;
  name_one(rows, "os", facts.os);
  name_one(rows, "libc", facts.libc);
  name_one(rows, "cxx_runtime", facts.cxx_runtime);
  name_one(rows, "cpu", facts.cpu);
  name_one(rows, "conditions", facts.conditions);
  name_one(rows, "memory", facts.memory);
  name_all(rows, "disks", facts.disks);
  name_all(rows, "accelerators", facts.accelerators);
  name_all(rows, "displays", facts.displays);
  name_all(rows, "drivers", facts.drivers);
  name_all(rows, "device_nodes", facts.device_nodes);
  name_all(rows, "libraries", facts.libraries);
  name_one(rows, "fabric", facts.fabric);
  name_all(rows, "toolkits", facts.toolkits);
  name_all(rows, "pythons", facts.pythons);
  name_all(rows, "frameworks", facts.frameworks);
  name_all(rows, "environment", facts.environment);
  return rows;
}

}  // namespace torchup
