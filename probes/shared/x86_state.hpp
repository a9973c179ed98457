#pragma once
// What an x86 processor says beyond its level: matrix registers that a process must ask for, and the hypervisor above it.

#include "torchup/system/host_system.hpp"

#include <optional>
#include <string>

namespace torchup {

/// Whether a process may use AMX: the processor has it, the system saves its tiles, and the kernel gives them on request. Nothing
/// where the processor has none.
std::optional<bool> may_use_amx(HostSystem& host);

/// CPUID's name of the hypervisor, "KVMKVMKVM"; empty on bare metal, and where CPUID cannot be asked.
std::string hypervisor_name(HostSystem& host);

}  // namespace torchup
