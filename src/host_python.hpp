#pragma once
// The host and the interpreter that a wish names: no more interpreters are started than it takes to find it.

#include "torchup/probes/probe.hpp"
#include "torchup/resolver/target.hpp"

#include <string>
#include <vector>

namespace torchup {

struct HostPython {
  HostFacts facts;  ///< Of its interpreters only those that had to be asked.
  Python python;
};

/// `--python` as the user wrote it ("3.12", "3.12.4", a path, or empty), a path made absolute.
std::string python_wish(const std::string& text);

/// What such wishes make `probe_host` look for: one interpreter for each.
PythonSearch python_search(const std::vector<std::string>& wishes);

/// The host without its interpreters, none of which is started.
HostFacts probe_host_alone(HostSystem& host);

/// Probes the host and chooses the interpreter; ErrorKind::host where it has none such.
Result<HostPython> probe_host_python(HostSystem& host, const std::string& wish);

/// What such an interpreter installs for on this host, and nothing else of the host; ErrorKind::host as above.
Result<Target> probe_target_of_python(HostSystem& host, const std::string& wish);

}  // namespace torchup
