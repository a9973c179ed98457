#pragma once
// Benchmarks of environments: what timings depend on besides torch, and one generation measured, against another one or alone. Used
// by `bench`, `verify --level bench` and the gate of `upgrade`.

#include "torchup/install/environment.hpp"
#include "torchup/kernels/bench_report.hpp"
#include "torchup/system/host_system.hpp"

#include "src/pipeline.hpp"

#include <optional>
#include <string>
#include <vector>

namespace torchup {

/// Processor and its flags, XCR0, governor, boost, quota, drivers, GPUs, kernel, the variables that reach the workers, the threads that
/// they use, and the version of our own kernels. No interpreter is started for it.
Fingerprint bench_fingerprint(HostSystem& host);

struct EnvironmentBench {
  std::vector<std::string> engines;  ///< As BenchWish has them, as the others.
  std::vector<std::string> kernels = {};
  std::optional<Generation> baseline = {};
  bool quick = false, guide = false;
  double gate = 0.05;
};

/// Measures a generation, and judges it where there is a baseline; nothing of either is changed. Fails as run_bench does.
Result<BenchReport> bench_generation(const Ports& ports, const Generation& generation, const EnvironmentBench& bench);

/// The gate of an upgrade: nothing where the new generation may take the old one's place, or where one of them has no torch; else
/// ErrorKind::validation with each operation that takes more time by more than `gate`. What cannot be told is a warning.
Status pass_speed_gate(const Ports& ports, const Generation& now, const Generation& before, double gate);

}  // namespace torchup
