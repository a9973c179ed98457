#pragma once
// A probe asks one source one question. Files named probes/*_probe.cpp each define one `const Probe NAME_probe`;
// CMake collects them into the table, so a new probe is one new file.

#include "torchup/host/host_facts.hpp"
#include "torchup/system/host_system.hpp"

#include <span>

namespace torchup {

struct Probe {
  const char* name;                                 ///< "nvidia"
  const char* describes;                            ///< "driver version, GPUs, compute capability"
  void (*run)(HostSystem& host, HostFacts& facts);  ///< Adds what it finds, with evidence; never stops another.
};

/// Every probe, in the order of their names.
std::span<const Probe* const> probe_table();

/// Runs the whole table. Never fails: what could not be read stands in `HostFacts::failures`.
HostFacts probe_host(HostSystem& host);

}  // namespace torchup
