#pragma once
// What can be told of a LibTorch folder without running anything of it: for which machine its files are built, which std::string its
// functions take, and which release it says it is. Used by validate_native.

#include "torchup/core/cancellation.hpp"
#include "torchup/core/result.hpp"
#include "torchup/kernels/validation_report.hpp"

#include "src/validate/validate_native.hpp"

namespace torchup {

/// Adds `machine`: every ELF, PE and Mach-O file of `lib` and `bin` against the system and machine that are wanted. Fails on cancellation.
Status check_machines(const NativeTarget& target, const Cancellation& cancellation, ValidationReport& report);

/// Adds `abi`: the symbols of libc10 against the ABI that is wanted; skipped on systems that have only one.
void check_abi(const NativeTarget& target, ValidationReport& report);

/// Adds `version`: the file `build-version` against the release.
void check_version(const NativeTarget& target, ValidationReport& report);

/// Adds `library-version`: what the loaded library said of itself, in the report's check `libtorch`, against the release.
void check_library_version(const NativeTarget& target, ValidationReport& report);

}  // namespace torchup
