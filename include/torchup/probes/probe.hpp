#pragma once
// A probe asks one source one question. Files named probes/*_probe.cpp each define one `const Probe NAME_probe`;
// CMake collects them into the table, so a new probe is one new file.

#include "torchup/host/host_facts.hpp"
#include "torchup/system/host_system.hpp"

#include <functional>
#include <span>
#include <string>

namespace torchup {

struct Probe {
  const char* name;                                 ///< "nvidia"
  const char* describes;                            ///< "driver version, GPUs, compute capability"
  void (*run)(HostSystem& host, HostFacts& facts);  ///< Adds what it finds, with evidence; never stops another.
  bool tells_target = false;                        ///< Whether `make_target` asks for what it finds.
};

/// Every probe, in the order of their names.
std::span<const Probe* const> probe_table();

/// Runs the whole table. Never fails: what could not be read stands in `HostFacts::failures`.
HostFacts probe_host(HostSystem& host);

/// Which interpreters are asked: each costs a process that is started.
struct PythonSearch {
  std::string path = {};                              ///< This one alone, wherever it is; empty: all that are found.
  std::function<bool(const Python&)> is_enough = {};  ///< Ends the search; none: all are asked.
};

/// The same with no more interpreters than are needed.
HostFacts probe_host(HostSystem& host, const PythonSearch& search);

/// Only what `make_target` asks for: system, C library, interpreters. A quarter of the whole, which looks for accelerators.
HostFacts probe_target(HostSystem& host, const PythonSearch& search);

}  // namespace torchup
