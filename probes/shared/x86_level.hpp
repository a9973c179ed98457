#pragma once
// The x86-64 microarchitecture levels of the psABI: what the processor has and the operating system saves.

#include "torchup/system/host_system.hpp"

#include <set>
#include <string>

namespace torchup {

/// 0 where CPUID cannot be asked, else 1 to 4. A level whose registers the system does not save (XCR0) is not had.
unsigned x86_level_of_cpuid(HostSystem& host);

/// The same from /proc/cpuinfo's flags, which the kernel has already masked; for records without CPUID.
unsigned x86_level_of_flags(const std::set<std::string, std::less<>>& flags);

}  // namespace torchup
