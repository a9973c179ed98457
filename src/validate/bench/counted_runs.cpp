#include "src/validate/bench/counted_runs.hpp"

#include "torchup/kernels/kernel.hpp"

#include "src/validate/child/child_process.hpp"

#include <fmt/format.h>

#include <unistd.h>

/// Found by name in the program, stripped or not, and never part of its caller.
extern "C" __attribute__((noinline, used, visibility("default"))) bool torchup_counted_runs(torchup::PreparedRun* run, unsigned count) {
  bool right = true;
  for (unsigned i = 0; i < count; ++i) right = run->run().has_value() && right;
  return right;
}

namespace torchup {

int count_runs(const std::function<PreparedRun*(const PrepareCase&)>& prepare) {
  for (const Kernel* kernel : kernel_table()) {
    for (const KernelCase& kernel_case : kernel->cases()) {
      if (kernel_case.repetitions > 1 || kernel->work(kernel_case).flops > k_most_counted_flops) continue;
      PreparedRun* const run = prepare({std::string(kernel->name), kernel_case.name, false, ""});
      if (run == nullptr || !run->run()) continue;
      const std::string line = fmt::format("{} {}\n", kernel->name, kernel_case.name);
      if (::write(k_report_descriptor, line.data(), line.size()) < 0) return 1;
      if (!torchup_counted_runs(run, k_few_runs) || !torchup_counted_runs(run, k_many_runs)) return 1;
    }
  }
  ::_exit(0);
}

}  // namespace torchup
