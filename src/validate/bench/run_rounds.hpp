#pragma once
// Several workers on one processor, timed in turn: each round runs every one of them once, in random order, so that all see the
// same machine; each launch starts them anew, since a process keeps the memory that it happened to get. Used by run_bench.cpp.

#include "torchup/core/cancellation.hpp"
#include "torchup/core/diagnostics.hpp"
#include "torchup/core/result.hpp"
#include "torchup/kernels/kernel.hpp"
#include "torchup/kernels/verdict.hpp"

#include "src/validate/bench/worker_process.hpp"

#include <chrono>
#include <optional>
#include <string>
#include <vector>

namespace torchup {

struct BenchCase {
  const Kernel* kernel = nullptr;
  KernelCase kernel_case;
  bool machine = false;  ///< Measures the machine: for our own kernels only.
};

struct Contestant {
  std::string name;  ///< For messages: "torch-c", "torch-c of the baseline".
  WorkerCommand command;
  bool is_native = false;
  bool wants_files = false;  ///< Takes its inputs from files and leaves its outputs in files: it has not our kernels.
};

/// What one contestant did with one case.
struct CaseTimes {
  std::string trouble;  ///< Why there are no times; empty where there are.
  bool broken = false;  ///< The trouble is a fault: a crash, a hang, a refusal in the middle.
  std::optional<ErrorMeasurement> error;
  /// Seconds of one run, by launch and round; not a number where there is none.
  std::vector<std::vector<double>> seconds;
};

struct Rounds {
  std::vector<std::string> versions;          ///< Of each contestant, as it said; empty where it did not start.
  std::vector<std::vector<CaseTimes>> times;  ///< By contestant and case.
  std::string disturbance;                    ///< As describe_noise says it.
  double waiting = 0;                         ///< The share of all measured time in which a worker only waited for its processor.
};

struct RoundSettings {
  std::size_t launches = 5, least_rounds = 7, most_rounds = 300;
  double case_seconds = 4;                   ///< Of one case in one launch, all contestants together; exceeded for `least_rounds`.
  double sample_seconds = 0.001;             ///< A sample repeats a run until it takes so long.
  std::uint64_t seed = 1;                    ///< Of the order within rounds.
  std::chrono::milliseconds limit{120'000};  ///< For one reply.
};

/// What becomes of a worker is in the result; only a system that starts no process at all is a failure, or the user's Ctrl-C.
Result<Rounds> run_rounds(const std::vector<Contestant>& contestants, const std::vector<BenchCase>& cases, const RoundSettings& settings,
                          Diagnostics& diagnostics, const Cancellation& cancellation);

/// Logarithms of one's times over the other's, round by round; rounds that lack one are left out.
PairedLaunches paired(const CaseTimes& times, const CaseTimes& over);

}  // namespace torchup
