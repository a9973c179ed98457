#include "src/commands/host_json.hpp"

#include "src/ui/json_output.hpp"

#include <nlohmann/json.hpp>

namespace torchup {
namespace {

using Json = nlohmann::ordered_json;

template <class T, class Describe>
void add_finding(Json& document, const char* group, const Finding<T>& finding, Describe describe) {
  document[group] = nullptr;
  if (const auto* fact = std::get_if<Fact<T>>(&finding)) {
    document[group] = describe(fact->value);
    document["evidence"][group].push_back({{"source", fact->evidence.source}, {"raw", fact->evidence.raw}});
  } else if (const auto* failed = std::get_if<ProbeFailure>(&finding)) {
    document["failures"][group].push_back({{"source", failed->source}, {"reason", failed->reason}});
  }
}

template <class T, class Describe>
void add_list(Json& document, const char* group, const std::vector<Fact<T>>& facts, Describe describe) {
  document[group] = Json::array();
  for (const auto& fact : facts) {
    document[group].push_back(describe(fact.value));
    document["evidence"][group].push_back({{"source", fact.evidence.source}, {"raw", fact.evidence.raw}});
  }
}

Json optional_text(const std::optional<NumericVersion>& version) { return version ? Json(version->text()) : Json(nullptr); }

template <class Number>
Json optional_number(const std::optional<Number>& number) {
  return number ? Json(*number) : Json(nullptr);
}

Json os_json(const OperatingSystem& os) {
  return {{"system", os.system},
          {"machine", os.machine},
          {"kernel", os.kernel},
          {"distribution", os.distribution},
          {"container", os.container},
          {"board", os.board},
          {"wsl", os.wsl},
          {"version", optional_text(os.version)},
          {"control_groups", os.control_groups},
          {"rosetta", os.rosetta}};
}

Json cpu_json(const CpuFeatures& cpu) {
  return {{"vendor", cpu.vendor},
          {"model", cpu.model},
          {"level", cpu.level},
          {"features", cpu.features},
          {"cores", {{"physical", cpu.physical_cores}, {"logical", cpu.logical_cores}, {"usable", cpu.usable_cores}}},
          {"parts", cpu.parts},
          {"saved_state", optional_number(cpu.saved_state)},
          {"amx_permitted", optional_number(cpu.amx_permitted)},
          {"numa_nodes", cpu.numa_nodes},
          {"hypervisor", cpu.hypervisor}};
}

Json conditions_json(const CpuConditions& conditions) {
  return {{"governor", conditions.governor},
          {"boost", optional_number(conditions.boost)},
          {"smt", optional_number(conditions.smt)},
          {"cpu_pressure", optional_number(conditions.cpu_pressure)},
          {"memory_pressure", optional_number(conditions.memory_pressure)},
          {"stolen", optional_number(conditions.stolen)},
          {"isolated", conditions.isolated}};
}

Json nvidia_json(const std::optional<NvidiaDevice>& device) {
  if (!device) return nullptr;
  auto instances = Json::array();
  for (const auto& instance : device->instances) {
    instances.push_back({{"uuid", instance.uuid}, {"name", instance.name}, {"memory_bytes", optional_number(instance.memory_bytes)}});
  }
  return {{"uuid", device->uuid},
          {"compute_mode", device->compute_mode},
          {"state", device->state},
          {"mig", optional_number(device->mig)},
          {"instances", std::move(instances)},
          {"ecc", optional_number(device->ecc)}};
}

Json accelerator_json(const Accelerator& device) {
  return {{"kind", device.kind},
          {"name", device.name},
          {"architecture", device.architecture},
          {"memory_bytes", optional_number(device.memory_bytes)},
          {"unusable", device.unusable},
          {"trouble", device.trouble},
          {"taken_for", device.taken_for},
          {"metal", device.metal},
          {"integrated", optional_number(device.integrated)},
          {"nvidia", nvidia_json(device.nvidia)},
          {"pci", device.pci}};
}

Json driver_json(const DriverStack& driver) {
  return {{"kind", driver.kind},
          {"version", optional_text(driver.version)},
          {"cuda", optional_text(driver.cuda)},
          {"flavour", driver.flavour},
          {"libraries", optional_text(driver.libraries)}};
}

Json library_json(const RuntimeLibrary& library) {
  return {{"name", library.name},
          {"path", library.path},
          {"real_path", library.real_path},
          {"role", library.role},
          {"version", optional_text(library.version)},
          {"result", optional_number(library.result)},
          {"meaning", library.meaning}};
}

Json framework_json(const Framework& framework) {
  return {{"name", framework.name},
          {"version", framework.version},
          {"variant", framework.variant},
          {"path", framework.path},
          {"distribution", framework.distribution},
          {"tag", framework.tag},
          {"cuda", framework.cuda},
          {"hip", framework.hip},
          {"xpu", framework.xpu},
          {"architectures", framework.architectures},
          {"requirements", framework.requirements}};
}

Json toolkit_json(const Toolkit& toolkit) {
  return {{"kind", toolkit.kind},
          {"version", toolkit.version.text()},
          {"path", toolkit.path},
          {"compiler", toolkit.compiler},
          {"named_by", toolkit.named_by}};
}

Json python_json(const Python& python) {
  return {{"path", python.path},
          {"executable", python.executable},
          {"version", python.version},
          {"implementation", python.implementation},
          {"environment", python.environment},
          {"externally_managed", python.externally_managed}};
}

}  // namespace

Json host_json(const HostFacts& facts) {
  Json document = new_document();
  document["evidence"] = Json::object();  // no reference to it: every member that is added moves the others
  document["failures"] = Json::object();
  add_finding(document, "os", facts.os, os_json);
  add_finding(document, "libc", facts.libc, [](const Libc& libc) {
    return Json{{"family", libc.family}, {"version", libc.version.text()}};
  });
  add_finding(document, "cxx_runtime", facts.cxx_runtime, [](const CxxRuntime& runtime) {
    return Json{{"path", runtime.path},
                {"real_path", runtime.real_path},
                {"glibcxx", optional_text(runtime.glibcxx)},
                {"cxxabi", optional_text(runtime.cxxabi)}};
  });
  add_finding(document, "cpu", facts.cpu, cpu_json);
  add_finding(document, "conditions", facts.conditions, conditions_json);
  add_finding(document, "memory", facts.memory, [](const Memory& memory) {
    return Json{{"total_bytes", memory.total_bytes}, {"limit_bytes", optional_number(memory.limit_bytes)}};
  });
  add_list(document, "disks", facts.disks, [](const Disk& disk) {
    return Json{{"path", disk.path}, {"free_bytes", disk.free_bytes}, {"free_inodes", disk.free_inodes}};
  });
  add_list(document, "accelerators", facts.accelerators, accelerator_json);
  add_list(document, "displays", facts.displays, [](const PciDisplay& display) {
    return Json{{"pci", display.pci}, {"vendor", display.vendor}, {"device", display.device}, {"driver", display.driver}};
  });
  add_list(document, "drivers", facts.drivers, driver_json);
  add_list(document, "device_nodes", facts.device_nodes, [](const DeviceNode& node) {
    return Json{{"path", node.path}, {"problem", node.problem}, {"text", node.text}};
  });
  add_list(document, "libraries", facts.libraries, library_json);
  add_finding(document, "fabric", facts.fabric, [](const FabricManager& fabric) {
    return Json{{"needed", fabric.needed}, {"state", fabric.state}};
  });
  add_list(document, "toolkits", facts.toolkits, toolkit_json);
  add_list(document, "pythons", facts.pythons, python_json);
  add_list(document, "frameworks", facts.frameworks, framework_json);
  add_list(document, "environment", facts.environment, [](const EnvironmentVariable& variable) {
    return Json{{"name", variable.name}, {"value", variable.value}};
  });
  for (const auto& absent : facts.absent)
    document["evidence"]["absent"].push_back({{"source", absent.evidence.source}, {"raw", absent.evidence.raw}});
  for (const auto& failed : facts.failures) document["failures"]["other"].push_back({{"source", failed.source}, {"reason", failed.reason}});
  return document;
}

}  // namespace torchup
