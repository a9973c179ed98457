#pragma once
// Asks interpreters what they are: for python_probe, and for `probe_host` where not all are needed.

#include "torchup/probes/probe.hpp"

namespace torchup {

/// Adds those that answer to `facts`, in the order in which a user would want them.
void ask_pythons(HostSystem& host, HostFacts& facts, const PythonSearch& search);

}  // namespace torchup
