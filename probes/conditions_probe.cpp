// What does the processor's speed depend on just now? Timings are worth little on a machine that waits, throttles or is stolen from.
#include "torchup/probes/probe.hpp"

#include "probes/shared/text.hpp"

#include <charconv>

namespace torchup {

extern const Probe conditions_probe;

namespace {

constexpr const char* k_cpu = "/sys/devices/system/cpu/";

/// The file's text, trimmed; empty where it cannot be read.
std::string text_at(HostSystem& host, const std::string& path) { return std::string(trimmed(host.read_file(path).value_or(""))); }

std::optional<bool> flag_at(HostSystem& host, const std::string& path) {
  const auto text = text_at(host, path);
  return text == "0" || text == "1" ? std::optional(text == "1") : std::nullopt;
}

/// "some avg10=76.74 avg60=…": the first number (Documentation/accounting/psi.rst).
std::optional<double> pressure_at(HostSystem& host, const char* path) {
  constexpr std::string_view k_mark = "some avg10=";
  const auto text = text_at(host, path);
  if (!text.starts_with(k_mark)) return std::nullopt;
  double share = 0;
  const auto [end, problem] = std::from_chars(text.data() + k_mark.size(), text.data() + text.size(), share);
  return problem == std::errc{} && share >= 0 && share <= 100 ? std::optional(share) : std::nullopt;
}

/// Steal is the eighth number of the line of all processors (proc(5)), the share of it in the first eight.
std::optional<double> stolen_share(HostSystem& host) {
  const auto text = host.read_file("/proc/stat").value_or("");
  const auto lines = lines_of(text);
  if (lines.empty() || !lines[0].starts_with("cpu ")) return std::nullopt;
  double sum = 0, last = 0;
  std::size_t count = 0;
  for (const auto word : split(lines[0].substr(4), ' ')) {
    const auto number = number_in(word);
    if (!number || count == 8) continue;
    last = static_cast<double>(*number);
    sum += last;
    ++count;
  }
  return count == 8 && sum > 0 ? std::optional(100 * last / sum) : std::nullopt;
}

std::optional<bool> boost(HostSystem& host) {
  if (const auto off = flag_at(host, std::string(k_cpu) + "intel_pstate/no_turbo")) return !*off;
  return flag_at(host, std::string(k_cpu) + "cpufreq/boost");
}

std::string isolated(HostSystem& host) {
  const auto line = text_at(host, "/proc/cmdline");
  for (const auto word : split(line, ' ')) {
    if (word.starts_with("isolcpus=")) return std::string(word.substr(9));
  }
  return {};
}

void run_conditions_probe(HostSystem& host, HostFacts& facts) {
  if (!host.exists("/proc/sys/kernel/osrelease")) return;
  CpuConditions conditions;
  conditions.governor = text_at(host, std::string(k_cpu) + "cpu0/cpufreq/scaling_governor");
  conditions.boost = boost(host);
  conditions.smt = flag_at(host, std::string(k_cpu) + "smt/active");
  conditions.cpu_pressure = pressure_at(host, "/proc/pressure/cpu");
  conditions.memory_pressure = pressure_at(host, "/proc/pressure/memory");
  conditions.stolen = stolen_share(host);
  conditions.isolated = isolated(host);
  if (conditions == CpuConditions{}) return;
  facts.conditions = Fact<CpuConditions>{conditions, {"/proc/pressure, /proc/stat, " + std::string(k_cpu), conditions.governor}};
}

}  // namespace

constinit const Probe conditions_probe = {
    .name = "conditions", .describes = "what the processor's speed depends on just now", .run = run_conditions_probe};

}  // namespace torchup
