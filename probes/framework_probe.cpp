// Which torch is installed in the active environment? Read, never run.
#include "torchup/probes/installed_frameworks.hpp"
#include "torchup/probes/probe.hpp"

#include <set>

namespace torchup {

extern const Probe framework_probe;

namespace {

void run_framework_probe(HostSystem& host, HostFacts& facts) {
  std::set<std::string> prefixes;
  for (const char* variable : {"VIRTUAL_ENV", "CONDA_PREFIX"}) {
    const auto prefix = host.environment(variable);
    if (!prefix || !prefixes.insert(*prefix).second) continue;
    auto frameworks = read_installed_frameworks(host, *prefix);
    for (auto& found : frameworks.found) facts.frameworks.push_back(std::move(found));
    for (auto& failed : frameworks.failures) facts.failures.push_back(std::move(failed));
  }
}

}  // namespace

constinit const Probe framework_probe = {
    .name = "framework", .describes = "installed torch of the active environment", .run = run_framework_probe};

}  // namespace torchup
