#pragma once
// The torch of an environment, read without running it: an import would load gigabytes, and may be what is broken. For the probe of
// the active environment, and for those who look into another one.

#include "torchup/host/host_facts.hpp"
#include "torchup/system/host_system.hpp"

#include <string>
#include <vector>

namespace torchup {

struct InstalledFrameworks {
  std::vector<Fact<Framework>> found;
  std::vector<ProbeFailure> failures;
};

/// Those below PREFIX/lib/python3.*/site-packages and lib64 beside it: version.py, dist-info, and the list of architectures that a
/// GPU build carries. A prefix without any has no failures either.
InstalledFrameworks read_installed_frameworks(HostSystem& host, const std::string& prefix);

}  // namespace torchup
