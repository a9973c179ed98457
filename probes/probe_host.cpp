#include "torchup/probes/probe.hpp"

namespace torchup {

HostFacts probe_host(HostSystem& host) {
  HostFacts facts;
  for (const Probe* probe : probe_table()) probe->run(host, facts);
  return facts;
}

}  // namespace torchup
