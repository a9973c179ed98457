#pragma once
// What the CUDA driver library says of itself and of its devices. Called by posix_host_system.cpp in a forked child only:
// cuInit can hang, crash, and leaves the process unfit for a later fork.

namespace torchup {

inline constexpr const char* k_cuda_library = "libcuda.so.1";

// In WSL the working library is the one that Windows lays there; one installed by a package would hide it.
inline constexpr const char* k_wsl_cuda_library = "/usr/lib/wsl/lib/libcuda.so.1";

/// Asks libcuda and writes lines `key value` to the descriptor: `library PATH`, `driver_version 13020`, `init 0`,
/// `device.0.name …`, `device.0.compute_capability 9.0`, `device.0.memory_bytes …`, `device.0.pci …`; where a call fails,
/// `error.CALL 802 CUDA_ERROR_SYSTEM_NOT_READY`; where no library opens, `no_library WHY`.
void write_cuda_driver_answer(int descriptor);

}  // namespace torchup
