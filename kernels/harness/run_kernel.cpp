#include "torchup/kernels/run_kernel.hpp"

#include "kernels/harness/median.hpp"

#include <chrono>

namespace torchup {

namespace {

constexpr double k_case_budget_seconds = 1.5;

Result<double> timed_run(PreparedRun& run, const SecondsClock& clock) {
  const double start = clock();
  TORCHUP_TRY(run.run());
  return clock() - start;
}

}  // namespace

double steady_seconds() { return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count(); }

Result<RunTimes> time_interleaved(PreparedRun& measured, PreparedRun& reference, std::uint32_t repetitions, double budget_seconds,
                                  const SecondsClock& clock) {
  const double start = clock();
  TORCHUP_TRY(measured.run());
  TORCHUP_TRY(reference.run());
  std::vector<double> seconds, reference_seconds;
  do {
    TORCHUP_TRY_ASSIGN(const double one, timed_run(measured, clock));
    TORCHUP_TRY_ASSIGN(const double other, timed_run(reference, clock));
    seconds.push_back(one);
    reference_seconds.push_back(other);
  } while (seconds.size() < repetitions && clock() - start < budget_seconds);
  return RunTimes{median(std::move(seconds)), median(std::move(reference_seconds))};
}

Result<KernelRun> run_kernel(const Kernel& kernel, const KernelCase& kernel_case, Device& device, Device& reference,
                             const SecondsClock& clock) {
  const std::vector<Tensor> inputs = kernel.inputs(kernel_case);
  TORCHUP_TRY_ASSIGN(auto prepared, device.prepare(kernel, kernel_case, inputs));
  KernelRun result;
  if (const auto* unsupported = std::get_if<CannotRun>(&prepared)) {
    result.unsupported = unsupported->reason;
    return result;
  }
  PreparedRun& measured = *std::get<std::unique_ptr<PreparedRun>>(prepared);
  TORCHUP_TRY(measured.run());
  TORCHUP_TRY_ASSIGN(const std::vector<Tensor> outputs, measured.outputs());
  result.error = kernel.measure(kernel_case, inputs, outputs);
  if (!result.error.holds()) return result;
  TORCHUP_TRY(measured.run());
  TORCHUP_TRY_ASSIGN(const std::vector<Tensor> again, measured.outputs());
  result.repeats = again == outputs;
  if (kernel_case.repetitions < 2) return result;

  TORCHUP_TRY_ASSIGN(auto yardstick, reference.prepare(kernel, kernel_case, inputs));
  auto* const native = std::get_if<std::unique_ptr<PreparedRun>>(&yardstick);
  if (native == nullptr) return result;
  TORCHUP_TRY_ASSIGN(result.times, time_interleaved(measured, **native, kernel_case.repetitions, k_case_budget_seconds, clock));
  return result;
}

}  // namespace torchup
