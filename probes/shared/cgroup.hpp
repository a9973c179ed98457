#pragma once
// What the control groups leave this process of the host: memory and processor time, with version 1, 2 and both at once.

#include "torchup/host/fact.hpp"
#include "torchup/system/host_system.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace torchup {

/// The directories of this process's group for one controller ("memory", "cpu"), from its own up to the mount's root.
/// Version 1's mount is preferred where the controller has one, since a controller lives in one version only.
struct CgroupPlace {
  bool unified = false;  ///< Version 2.
  std::vector<std::string> directories;
  bool operator==(const CgroupPlace&) const = default;
};
std::optional<CgroupPlace> find_cgroup(HostSystem& host, const std::string& controller);

/// The lowest memory limit on the way up; nothing where none is set.
std::optional<Fact<std::uint64_t>> cgroup_memory_limit(HostSystem& host);

/// The lowest processor quota on the way up, in cores; nothing where none is set.
std::optional<Fact<double>> cgroup_cpu_quota(HostSystem& host);

}  // namespace torchup
