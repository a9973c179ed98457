// Which macOS is this, on which processor, and does it have Apple's GPU?
#include "torchup/probes/probe.hpp"

#include "probes/shared/text.hpp"

namespace torchup {

extern const Probe macos_probe;

namespace {

constexpr const char* k_version_file = "/System/Library/CoreServices/SystemVersion.plist";

/// The text after `<key>NAME</key>`, between `<string>` and `</string>`.
std::string plist_text(const std::string& plist, const std::string& name) {
  const auto key = plist.find("<key>" + name + "</key>");
  const auto from = plist.find("<string>", key);
  const auto to = plist.find("</string>", from);
  if (key == std::string::npos || from == std::string::npos || to == std::string::npos) return {};
  return std::string(trimmed(std::string_view(plist).substr(from + 8, to - from - 8)));
}

void add_hardware(HostSystem& host, HostFacts& facts, const std::string& machine) {
  const std::vector<std::string> command = {"/usr/sbin/sysctl", "hw.memsize", "hw.physicalcpu", "hw.logicalcpu",
                                            "machdep.cpu.brand_string"};
  const auto answer = host.run(command, std::chrono::seconds(5));
  if (!answer) {
    facts.failures.push_back({"sysctl", answer.error().message});
    return;
  }
  const auto fields = fields_of(answer->out, ':');
  const Evidence evidence{"sysctl", field(fields, "machdep.cpu.brand_string")};
  CpuFeatures cpu;
  cpu.vendor = machine == "arm64" ? "Apple" : "GenuineIntel";
  cpu.model = field(fields, "machdep.cpu.brand_string");
  cpu.level = machine == "arm64" ? "aarch64" : "";
  cpu.physical_cores = static_cast<unsigned>(number_in(field(fields, "hw.physicalcpu")).value_or(0));
  cpu.logical_cores = static_cast<unsigned>(number_in(field(fields, "hw.logicalcpu")).value_or(0));
  cpu.usable_cores = cpu.logical_cores;
  const auto memory = number_in(field(fields, "hw.memsize"));
  facts.cpu = Fact<CpuFeatures>{cpu, evidence};
  if (memory) facts.memory = Fact<Memory>{{.total_bytes = *memory, .limit_bytes = {}}, {"sysctl hw.memsize", std::to_string(*memory)}};
  // Every Mac with an Apple processor has its GPU; memory is shared.
  if (machine == "arm64")
    facts.accelerators.push_back({{.kind = "mps", .name = cpu.model, .architecture = "", .memory_bytes = memory, .pci = ""}, evidence});
}

void run_macos_probe(HostSystem& host, HostFacts& facts) {
  const auto plist = host.read_file(k_version_file);
  if (!plist) return;
  OperatingSystem os;
  os.system = "Darwin";
  os.machine = host.machine();
  const auto version = plist_text(*plist, "ProductVersion");
  os.distribution = "macOS " + version;
  if (auto number = NumericVersion::parse(version)) os.version = *number;
  facts.os = Fact<OperatingSystem>{os, {k_version_file, "ProductVersion " + version}};
  facts.libc = Fact<Libc>{{.family = "none", .version = NumericVersion::parse("0").value()}, {k_version_file, "macOS"}};
  add_hardware(host, facts, os.machine);
}

}  // namespace

constinit const Probe macos_probe = {.name = "macos", .describes = "macOS version, processor, Apple GPU", .run = run_macos_probe};

}  // namespace torchup
