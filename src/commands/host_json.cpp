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
  return {{"system", os.system},       {"machine", os.machine}, {"kernel", os.kernel}, {"distribution", os.distribution},
          {"container", os.container}, {"board", os.board},     {"wsl", os.wsl},       {"version", optional_text(os.version)}};
}

Json cpu_json(const CpuFeatures& cpu) {
  return {{"vendor", cpu.vendor},
          {"model", cpu.model},
          {"level", cpu.level},
          {"features", cpu.features},
          {"cores", {{"physical", cpu.physical_cores}, {"logical", cpu.logical_cores}, {"usable", cpu.usable_cores}}}};
}

Json accelerator_json(const Accelerator& device) {
  return {{"kind", device.kind},
          {"name", device.name},
          {"architecture", device.architecture},
          {"memory_bytes", optional_number(device.memory_bytes)},
          {"unusable", device.unusable},
          {"pci", device.pci}};
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
  add_finding(document, "cpu", facts.cpu, cpu_json);
  add_finding(document, "memory", facts.memory, [](const Memory& memory) {
    return Json{{"total_bytes", memory.total_bytes}, {"limit_bytes", optional_number(memory.limit_bytes)}};
  });
  add_list(document, "disks", facts.disks, [](const Disk& disk) {
    return Json{{"path", disk.path}, {"free_bytes", disk.free_bytes}, {"free_inodes", disk.free_inodes}};
  });
  add_list(document, "accelerators", facts.accelerators, accelerator_json);
  add_list(document, "displays", facts.displays, [](const PciDisplay& display) {
    return Json{{"pci", display.pci}, {"vendor", display.vendor}, {"device", display.device}};
  });
  add_list(document, "drivers", facts.drivers, [](const DriverStack& driver) {
    return Json{{"kind", driver.kind}, {"version", optional_text(driver.version)}, {"cuda", optional_text(driver.cuda)}};
  });
  add_list(document, "toolkits", facts.toolkits, [](const Toolkit& toolkit) {
    return Json{{"kind", toolkit.kind}, {"version", toolkit.version.text()}, {"path", toolkit.path}};
  });
  add_list(document, "pythons", facts.pythons, python_json);
  add_list(document, "frameworks", facts.frameworks, [](const Framework& framework) {
    return Json{{"name", framework.name}, {"version", framework.version}, {"variant", framework.variant}, {"path", framework.path}};
  });
  for (const auto& absent : facts.absent)
    document["evidence"]["absent"].push_back({{"source", absent.evidence.source}, {"raw", absent.evidence.raw}});
  for (const auto& failed : facts.failures) document["failures"]["other"].push_back({{"source", failed.source}, {"reason", failed.reason}});
  return document;
}

}  // namespace torchup
