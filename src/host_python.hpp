#pragma once
// The host and the interpreter that a wish names: no more interpreters are started than it takes to find it.

#include "torchup/probes/probe.hpp"
#include "torchup/resolver/target.hpp"

#include <string>

namespace torchup {

struct HostPython {
  HostFacts facts;  ///< Of its interpreters only those that had to be asked.
  Python python;
};

/// `--python` as the user wrote it ("3.12", "3.12.4", a path, or empty), a path made absolute.
std::string python_wish(const std::string& text);

/// What such a wish makes `probe_host` look for.
PythonSearch python_search(const std::string& wish);

/// Probes the host and chooses the interpreter; ErrorKind::host where it has none such.
Result<HostPython> probe_host_python(HostSystem& host, const std::string& wish);

}  // namespace torchup
