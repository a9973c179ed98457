#include "torchup/probes/probe.hpp"

#include "probes/shared/ask_pythons.hpp"

#include <string_view>

namespace torchup {

HostFacts probe_host(HostSystem& host) { return probe_host(host, {}); }

HostFacts probe_host(HostSystem& host, const PythonSearch& search) {
  HostFacts facts;
  for (const Probe* probe : probe_table()) {
    if (std::string_view(probe->name) == "python") {
      ask_pythons(host, facts, search);
    } else {
      probe->run(host, facts);
    }
  }
  return facts;
}

}  // namespace torchup
