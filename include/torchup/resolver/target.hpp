#pragma once
// The interpreter and platform that a resolution is for: what markers, wheel tags and Requires-Python are held against.

#include "torchup/host/host_facts.hpp"
#include "torchup/resolver/marker.hpp"
#include "torchup/resolver/tag.hpp"
#include "torchup/resolver/version.hpp"

#include <string>

namespace torchup {

struct Target {
  Python python;
  Version python_version;  ///< 3.11.7
  MarkerEnvironment markers;
  TagTarget tags;
  std::string platform;  ///< "linux-x86_64", for messages.
};

/// Chooses among the host's CPythons: by `wish` ("3.12", "3.12.4", or a path), else the first that is no environment of
/// another tool unless it is the active one. None is ErrorKind::host and says which were found.
Result<Python> choose_python(const HostFacts& facts, const std::string& wish);

/// Whether `choose_python` would take the interpreter for that wish.
bool is_wished(const Python& python, const std::string& wish);

/// An interpreter that nobody has to have: CPython "3.12" counts as 3.12.0, "3.12.4" and "3.13t" (free-threaded) as they stand.
/// Anything else is ErrorKind::usage.
Result<Python> named_python(const std::string& version);

/// A machine without an accelerator that is only named, as `parse_tag_target` reads it: "linux-x86_64", "macos-arm64", or a
/// platform tag. What the name does not tell is not known. Anything else is ErrorKind::usage.
Result<HostFacts> named_host(const std::string& platform);

/// Everything that follows from the interpreter and the host (PEP 508 environment, PEP 425 target). An operating system,
/// libc or version that the probes could not read is ErrorKind::host.
Result<Target> make_target(const HostFacts& facts, const Python& python);

/// The marker that holds in a target's environment and on no other platform or Python minor version: a lock's `environments`
/// entry. Of the environment's values it has `sys_platform`, `platform_machine`, `platform_python_implementation` and
/// `python_version`.
Result<Marker> environment_marker(const MarkerEnvironment& environment);

}  // namespace torchup
