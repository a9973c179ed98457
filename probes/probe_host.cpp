#include "torchup/probes/probe.hpp"

#include "probes/shared/ask_pythons.hpp"

#include <string_view>

namespace torchup {
namespace {

HostFacts run_probes(HostSystem& host, const PythonSearch& search, bool (*is_wanted)(const Probe&)) {
  HostFacts facts;
  for (const Probe* probe : probe_table()) {
    if (!is_wanted(*probe)) continue;
    if (std::string_view(probe->name) == "python") {
      ask_pythons(host, facts, search);
    } else {
      probe->run(host, facts);
    }
  }
  return facts;
}

}  // namespace

HostFacts probe_host(HostSystem& host) { return probe_host(host, {}); }

HostFacts probe_host(HostSystem& host, const PythonSearch& search) {
  return run_probes(host, search, [](const Probe&) { return true; });
}

HostFacts probe_target(HostSystem& host, const PythonSearch& search) {
  return run_probes(host, search, [](const Probe& probe) { return probe.tells_target; });
}

}  // namespace torchup
