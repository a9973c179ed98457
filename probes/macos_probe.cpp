// Which macOS is this, on which processor, and does it have Apple's GPU?
#include "torchup/probes/probe.hpp"

#include "probes/shared/macos.hpp"
#include "probes/shared/text.hpp"

namespace torchup {

extern const Probe macos_probe;

namespace {

/// The text after `<key>NAME</key>`, between `<string>` and `</string>`.
std::string plist_text(const std::string& plist, const std::string& name) {
  const auto key = plist.find("<key>" + name + "</key>");
  const auto from = plist.find("<string>", key);
  const auto to = plist.find("</string>", from);
  if (key == std::string::npos || from == std::string::npos || to == std::string::npos) return {};
  return std::string(trimmed(std::string_view(plist).substr(from + 8, to - from - 8)));
}

/// "Metal 3" of system_profiler's `Metal Support: Metal 3`.
std::string metal_of(HostSystem& host) {
  const auto answer = host.ask({"/usr/sbin/system_profiler", "SPDisplaysDataType"}, std::chrono::seconds(15));
  if (!answer) return {};
  const auto fields = fields_of(answer->out, ':');
  const auto support = field(fields, "Metal Support");
  return support.empty() ? field(fields, "Metal") : support;
}

/// A program for x86_64 on an Apple processor is translated, and told that it runs on x86_64; two names give it away.
void find_translation(HostSystem& host, HostFacts& facts, OperatingSystem& os, bool& is_apple) {
  const auto answer = host.run({"/usr/sbin/sysctl", "hw.optional.arm64", "sysctl.proc_translated"}, std::chrono::seconds(5));
  const auto fields = fields_of(answer ? answer->out : "", ':');
  os.rosetta = field(fields, "sysctl.proc_translated") == "1";
  // An Intel Mac knows neither name and says nothing of them here.
  const auto is_told = [&](const char* name) { return field(fields, name) == "0" || field(fields, name) == "1"; };
  if (os.machine != "arm64" && (!answer || (!answer->out.empty() && !is_told("hw.optional.arm64") && !is_told("sysctl.proc_translated"))))
    facts.failures.push_back({"sysctl hw.optional.arm64", answer ? "it did not say which processor this is" : answer.error().message});
  is_apple = os.machine == "arm64" || field(fields, "hw.optional.arm64") == "1";
}

/// Every Mac with an Apple processor has its GPU; memory is shared.
void add_gpu(HostSystem& host, HostFacts& facts, const CpuFeatures& cpu, std::optional<std::uint64_t> memory, const Evidence& evidence,
             bool is_translated) {
  Accelerator gpu{.kind = "mps", .name = cpu.model, .architecture = "", .memory_bytes = memory, .pci = ""};
  gpu.metal = metal_of(host);
  gpu.integrated = true;
  if (is_translated) gpu.unusable = "this program is for x86_64 and runs under Rosetta; a Python for arm64 can use it";
  facts.accelerators.push_back({gpu, evidence});
}

void add_hardware(HostSystem& host, HostFacts& facts, OperatingSystem& os) {
  const std::vector<std::string> command = {"/usr/sbin/sysctl", "hw.memsize", "hw.physicalcpu", "hw.logicalcpu",
                                            "machdep.cpu.brand_string"};
  const auto answer = host.run(command, std::chrono::seconds(5));
  if (!answer) {
    facts.failures.push_back({"sysctl", answer.error().message});
    return;
  }
  const auto fields = fields_of(answer->out, ':');
  const Evidence evidence{"sysctl", field(fields, "machdep.cpu.brand_string")};
  bool is_apple = false;
  find_translation(host, facts, os, is_apple);
  CpuFeatures cpu;
  cpu.vendor = is_apple ? "Apple" : "GenuineIntel";
  cpu.model = field(fields, "machdep.cpu.brand_string");
  cpu.level = is_apple ? "aarch64" : "";
  cpu.physical_cores = static_cast<unsigned>(number_in(field(fields, "hw.physicalcpu")).value_or(0));
  cpu.logical_cores = static_cast<unsigned>(number_in(field(fields, "hw.logicalcpu")).value_or(0));
  cpu.usable_cores = cpu.logical_cores;
  const auto memory = number_in(field(fields, "hw.memsize"));
  facts.cpu = Fact<CpuFeatures>{cpu, evidence};
  if (memory) facts.memory = Fact<Memory>{{.total_bytes = *memory, .limit_bytes = {}}, {"sysctl hw.memsize", std::to_string(*memory)}};
  if (is_apple) add_gpu(host, facts, cpu, memory, evidence, os.rosetta);
}

void run_macos_probe(HostSystem& host, HostFacts& facts) {
  const auto plist = host.read_file(k_macos_version_file);
  if (!plist) {
    if (is_macos(host)) facts.failures.push_back({k_macos_version_file, plist.error().message});
    return;
  }
  OperatingSystem os;
  os.system = "Darwin";
  os.machine = host.machine();
  const auto version = plist_text(*plist, "ProductVersion");
  os.distribution = "macOS " + version;
  if (auto number = NumericVersion::parse(version)) os.version = *number;
  facts.libc = Fact<Libc>{{.family = "none", .version = NumericVersion::parse("0").value()}, {k_macos_version_file, "macOS"}};
  add_hardware(host, facts, os);
  facts.os = Fact<OperatingSystem>{os, {k_macos_version_file, "ProductVersion " + version}};
}

}  // namespace

constinit const Probe macos_probe = {
    .name = "macos", .describes = "macOS version, processor, Apple GPU", .run = run_macos_probe, .tells_target = true};

}  // namespace torchup
