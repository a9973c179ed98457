#pragma once
// What a library's path says of it: which role it plays, and of which driver it is a part.

#include "torchup/host/host_facts.hpp"
#include "torchup/system/host_system.hpp"

#include <string>

namespace torchup {

enum class LibraryOf { driver, toolkit };

/// Role, real path and version of the file that the loader takes for a name. "580.95.05" of ".../libcuda.so.580.95.05"; where only
/// the interface's number stands there, no version.
RuntimeLibrary describe_runtime_library(HostSystem& host, const std::string& name, const std::string& path, LibraryOf owner);

}  // namespace torchup
