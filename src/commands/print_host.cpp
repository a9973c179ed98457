#include "src/commands/print_host.hpp"

#include "src/ui/quantities.hpp"

#include <fmt/format.h>

namespace torchup {
namespace {

/// The rows of the table, with evidence below each where it is wanted.
class Rows {
 public:
  explicit Rows(ShowEvidence evidence) : m_evidence(evidence) {}

  void add(std::string label, std::string text, Style style = Style::plain) {
    m_table.rows.push_back({{label == m_last ? "" : label, Style::bold}, {std::move(text), style}});
    m_last = std::move(label);
  }

  void evidence(const Evidence& evidence) {
    if (m_evidence == ShowEvidence::no) return;
    const auto line_end = evidence.raw.find('\n');
    m_table.rows.push_back({{""}, {fmt::format("from {}: {}", evidence.source, evidence.raw.substr(0, line_end)), Style::dim}});
  }

  template <class T, class Describe>
  void finding(const char* label, const Finding<T>& finding, Describe describe) {
    if (const auto* fact = std::get_if<Fact<T>>(&finding)) {
      add(label, describe(fact->value));
      evidence(fact->evidence);
    } else if (const auto* failed = std::get_if<ProbeFailure>(&finding)) {
      add(label, fmt::format("unknown: {} ({})", failed->reason, failed->source), Style::warning);
    } else {
      add(label, "none");
    }
  }

  template <class T, class Describe>
  void list(const char* label, const std::vector<Fact<T>>& facts, Describe describe) {
    for (const auto& fact : facts) {
      add(label, describe(fact.value));
      evidence(fact.evidence);
    }
    if (facts.empty()) add(label, "none found");
  }

  const Table& table() const { return m_table; }

 private:
  ShowEvidence m_evidence;
  Table m_table;
  std::string m_last;
};

std::string os_text(const OperatingSystem& os) {
  std::string text = os.distribution.empty() ? os.system : os.distribution;
  text += ", " + os.system + (os.kernel.empty() ? "" : " " + os.kernel) + ", " + os.machine;
  if (!os.board.empty()) text += ", " + os.board;
  if (os.wsl) text += ", WSL";
  if (!os.container.empty()) text += fmt::format(", in a container ({})", os.container);
  return text;
}

std::string cpu_text(const CpuFeatures& cpu) {
  const std::string level = cpu.level.empty() ? "" : ", " + cpu.level;
  return fmt::format("{}{}, {}, {:g} usable", cpu.model.empty() ? cpu.vendor : cpu.model, level, count_text(cpu.logical_cores, "core"),
                     cpu.usable_cores);
}

std::string accelerator_text(const Accelerator& device) {
  std::string text = device.name.empty() ? device.kind : device.name;
  if (!device.architecture.empty()) text += ", " + device.architecture;
  if (device.memory_bytes) text += ", " + bytes_text(*device.memory_bytes);
  if (!device.pci.empty()) text += ", " + device.pci;
  if (!device.taken_for.empty()) text += ", taken for " + device.taken_for;
  if (!device.unusable.empty()) text += ", cannot be used: " + device.unusable;
  if (!device.trouble.empty()) text += ", not now: " + device.trouble;
  if (device.nvidia && !device.nvidia->instances.empty())
    text += fmt::format(", {}", count_text(device.nvidia->instances.size(), "MIG instance"));
  return text;
}

std::string driver_text(const DriverStack& driver) {
  std::string text = driver.kind;
  if (driver.version) text += " driver " + driver.version->text();
  if (!driver.flavour.empty()) text += fmt::format(" ({} kernel module)", driver.flavour);
  if (driver.cuda) text += ", up to CUDA " + driver.cuda->text();
  return text;
}

std::string memory_text(const Memory& memory) {
  std::string text = bytes_text(memory.total_bytes);
  if (memory.limit_bytes) text += fmt::format(", limited to {} by the control group", bytes_text(*memory.limit_bytes));
  return text;
}

std::string conditions_text(const CpuConditions& conditions) {
  std::vector<std::string> parts;
  if (!conditions.governor.empty()) parts.push_back("governor " + conditions.governor);
  if (conditions.boost) parts.emplace_back(*conditions.boost ? "boost on" : "boost off");
  if (conditions.smt) parts.emplace_back(*conditions.smt ? "two threads a core" : "one thread a core");
  if (conditions.cpu_pressure)
    parts.push_back(fmt::format("{:.0f} % of the time something waits for a processor", *conditions.cpu_pressure));
  if (conditions.stolen) parts.push_back(fmt::format("{:.1f} % stolen by the hypervisor", *conditions.stolen));
  if (!conditions.isolated.empty()) parts.push_back("isolated " + conditions.isolated);
  return fmt::format("{}", fmt::join(parts, ", "));
}

std::string library_text(const RuntimeLibrary& library) {
  std::string text = fmt::format("{}  {}", library.name, library.path);
  if (library.version) text += ", " + library.version->text();
  if (library.role != "driver" && library.role != "runtime") text += ", " + library.role;
  if (!library.meaning.empty()) text += ": " + library.meaning;
  return text;
}

std::string toolkit_text(const Toolkit& toolkit) {
  return fmt::format("{} {}, {} (by {})", toolkit.kind, toolkit.version.text(), toolkit.path, fmt::join(toolkit.named_by, ", "));
}

/// What only matters to those who look closely: libraries, nodes, conditions, variables.
void add_details(Rows& rows, const HostFacts& facts) {
  if (const auto* runtime = value_of(facts.cxx_runtime); runtime != nullptr && runtime->glibcxx)
    rows.finding("c++ runtime", facts.cxx_runtime,
                 [](const CxxRuntime& found) { return "GLIBCXX_" + found.glibcxx->text() + ", " + found.path; });
  if (value_of(facts.conditions) != nullptr) rows.finding("conditions", facts.conditions, conditions_text);
  if (!facts.libraries.empty()) rows.list("library", facts.libraries, library_text);
  if (!facts.device_nodes.empty()) {
    rows.list("device node", facts.device_nodes,
              [](const DeviceNode& node) { return node.path + (node.problem == 0 ? "" : ": " + node.text); });
  }
  if (!facts.environment.empty())
    rows.list("variable", facts.environment, [](const EnvironmentVariable& variable) { return variable.name + "=" + variable.value; });
}

}  // namespace

std::string host_text(const HostFacts& facts, ShowEvidence evidence, const Terminal& terminal) {
  Rows rows(evidence);
  rows.finding("system", facts.os, os_text);
  rows.finding("libc", facts.libc,
               [](const Libc& libc) { return libc.family == "none" ? "none to choose" : libc.family + " " + libc.version.text(); });
  rows.finding("cpu", facts.cpu, cpu_text);
  rows.finding("memory", facts.memory, memory_text);
  rows.list("disk", facts.disks, [](const Disk& disk) { return fmt::format("{} free at {}", bytes_text(disk.free_bytes), disk.path); });
  rows.list("accelerator", facts.accelerators, accelerator_text);
  rows.list("driver", facts.drivers, driver_text);
  rows.list("toolkit", facts.toolkits, toolkit_text);
  rows.list("python", facts.pythons, [](const Python& python) {
    return fmt::format("{}{}  {}  ({})", python.version, python.abi_flags, python.path, python.environment);
  });
  rows.list("framework", facts.frameworks, [](const Framework& framework) {
    const std::string code = framework.architectures.empty() ? "" : fmt::format(", code for {}", fmt::join(framework.architectures, " "));
    return fmt::format("{} {} ({}), {}{}", framework.name, framework.version, framework.variant, framework.path, code);
  });
  if (evidence == ShowEvidence::yes) {
    add_details(rows, facts);
    for (const auto& absent : facts.absent)
      rows.add("not there", fmt::format("{}: {}", absent.evidence.source, absent.evidence.raw), Style::dim);
  }
  for (const auto& failed : facts.failures) rows.add("not read", fmt::format("{}: {}", failed.source, failed.reason), Style::dim);
  return table_text(rows.table(), terminal);
}

std::string host_line(const HostFacts& facts) {
  std::string text;
  const auto add = [&](const std::string& part) { text += (text.empty() ? "" : ", ") + part; };
  if (const auto* os = value_of(facts.os)) {
    add(os->distribution.empty() ? os->system : os->distribution);
    add(os->machine);
  }
  if (const auto* libc = value_of(facts.libc); libc != nullptr && libc->family != "none") add(libc->family + " " + libc->version.text());
  if (const auto* cpu = value_of(facts.cpu))
    add(fmt::format("{:g} usable {}", cpu->usable_cores, cpu->usable_cores == 1 ? "core" : "cores"));
  for (const auto& device : facts.accelerators) add(device.value.name.empty() ? device.value.kind : device.value.name);
  if (facts.accelerators.empty()) add("no accelerator");
  return text;
}

}  // namespace torchup
