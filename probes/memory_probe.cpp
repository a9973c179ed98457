// How much memory does this host have, and how much of it does its control group leave us?
#include "torchup/probes/probe.hpp"

#include "probes/shared/cgroup.hpp"
#include "probes/shared/text.hpp"

namespace torchup {

extern const Probe memory_probe;

namespace {

constexpr const char* k_meminfo = "/proc/meminfo";

void run_memory_probe(HostSystem& host, HostFacts& facts) {
  const auto meminfo = host.read_file(k_meminfo);
  if (!meminfo) return;  // Not Linux: macos_probe answers.
  const auto line = field(fields_of(*meminfo, ':'), "MemTotal");
  const auto kibibytes = number_in(split(line, ' ').front());
  if (!kibibytes) {
    facts.memory = ProbeFailure{k_meminfo, "no line `MemTotal: N kB`"};
    return;
  }
  Memory memory{.total_bytes = *kibibytes * 1024, .limit_bytes = {}};
  Evidence evidence{k_meminfo, "MemTotal: " + line};
  // A limit above what there is limits nothing; version 1 writes "none" as a huge number.
  if (const auto limit = cgroup_memory_limit(host); limit && limit->value < memory.total_bytes) {
    memory.limit_bytes = limit->value;
    evidence.source += ", " + limit->evidence.source;
    evidence.raw += ", " + limit->evidence.raw;
  }
  facts.memory = Fact<Memory>{memory, evidence};
}

}  // namespace

constinit const Probe memory_probe = {.name = "memory", .describes = "memory and the control group's limit of it", .run = run_memory_probe};

}  // namespace torchup
