#pragma once
// Whether a host is a Mac: what only other systems have is not looked for there. Asked by what macOS has rather than by what Linux
// has, since a sandbox may hide any file of /proc, and a GPU must not be lost to that.

#include "torchup/system/host_system.hpp"

namespace torchup {

/// The file that names macOS's version; every Mac has it.
inline constexpr const char* k_macos_version_file = "/System/Library/CoreServices/SystemVersion.plist";

inline bool is_macos(HostSystem& host) { return host.exists(k_macos_version_file); }

}  // namespace torchup
