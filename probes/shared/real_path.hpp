#pragma once
// Follows symbolic links through the host's seam, so that a recorded machine's paths resolve as they did there.

#include "torchup/system/host_system.hpp"

#include <string>

namespace torchup {

/// The path with every link on the way followed, at most 40 of them as the kernel does; what is not there stays as it is.
std::string real_path(HostSystem& host, const std::string& path);

}  // namespace torchup
