#pragma once
// Runs one case on a device beside our own kernels: first judged for right numbers, then timed in turn with the
// yardstick. Used by validation; its figures become a `Check` or a benchmark's row.

#include "torchup/core/result.hpp"
#include "torchup/kernels/device.hpp"
#include "torchup/kernels/kernel.hpp"

#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace torchup {

/// Seconds on a clock that never goes back; tests pass their own.
using SecondsClock = std::function<double()>;
double steady_seconds();

struct RunTimes {
  double seconds = 0;            ///< The device's median.
  double reference_seconds = 0;  ///< Our yardstick's median, interleaved with it.
};

struct KernelRun {
  std::string unsupported;  ///< Why the device cannot run the case; empty where it ran.
  ErrorMeasurement error;
  bool repeats = true;            ///< Whether a second run gave the same bits. Nobody promises it everywhere: worth a note, no fault.
  std::optional<RunTimes> times;  ///< Nothing where the numbers were wrong: speed without them is worthless.
};

/// Times both in turn, `repetitions` rounds after one warm-up each, fewer once `budget_seconds` have passed (but one).
Result<RunTimes> time_interleaved(PreparedRun& measured, PreparedRun& reference, std::uint32_t repetitions, double budget_seconds,
                                  const SecondsClock& clock);

/// A device that fails while running is a failure with its message; wrong numbers are a value.
Result<KernelRun> run_kernel(const Kernel& kernel, const KernelCase& kernel_case, Device& device, Device& reference,
                             const SecondsClock& clock = steady_seconds);

}  // namespace torchup
