// Which Python interpreters are here, and what is each by its own account?
#include "torchup/probes/probe.hpp"

#include "probes/shared/ask_pythons.hpp"

namespace torchup {

extern const Probe python_probe;

constinit const Probe python_probe = {.name = "python",
                                      .describes = "Python interpreters, each asked itself",
                                      .run = [](HostSystem& host, HostFacts& facts) { ask_pythons(host, facts, {}); },
                                      .tells_target = true};

}  // namespace torchup
