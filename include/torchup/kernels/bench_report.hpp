#pragma once
// What a benchmark measured and judged. Made by src/validate/bench, kept by src/record, printed by the commands.

#include "torchup/kernels/kernel.hpp"
#include "torchup/kernels/verdict.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace torchup {

/// Raised when one of our own kernels changes its speed, since history compares with them.
constexpr int k_reference_version = 1;

/// Names and values of all that timings depend on besides what is measured: "cpu", "governor", "kernel", …; in a stable order.
using Fingerprint = std::vector<std::pair<std::string, std::string>>;

struct Spread {
  double median = 0, low = 0, high = 0;  ///< Seconds; low and high are the quartiles.
};

/// The best that this machine can do, measured in the same run on one processor.
struct Roofline {
  double flops = 0, bytes = 0;  ///< A second: float32 arithmetic, and memory.
};

/// One case on one engine.
struct BenchResult {
  std::string kernel, kernel_case, device = "cpu";
  std::string engine;        ///< "native", "blas", "torch-c", "torch-python"
  bool is_baseline = false;  ///< Of the side that is compared with.
  std::string trouble;       ///< Why it was not timed; then only the names count.
  bool broken = false;       ///< The trouble is a fault: a crash, a hang, wrong numbers.
  Spread seconds;
  Work work;
  double achieved = 0;  ///< Work a second, in `rate_unit`.
  std::string rate_unit;
  double roofline_fraction = 0;  ///< Of the time that the roofline needs; 0 where it says nothing of the case.
  std::optional<ErrorMeasurement> error;
  std::optional<RelativeTime> to_reference;  ///< Its time over our own kernel's; nothing for our own.
  std::vector<double> samples;               ///< Seconds, of every round.
};

/// The protocol of PyTorch's guides: one big product, some runs for nothing, the mean of some more. Told, never judged.
struct GuideResult {
  std::int64_t size = 0;
  std::uint32_t warm_ups = 0, runs = 0;
  unsigned threads = 0;
  double seconds = 0;   ///< The mean of one run.
  std::string trouble;  ///< Why there is none.
};

/// Instructions that one run of a case takes, as callgrind counts them.
struct InstructionCount {
  std::string kernel, kernel_case, engine;
  bool is_baseline = false;
  std::uint64_t count = 0;
};

struct BenchReport {
  Fingerprint fingerprint;
  std::string torch_version;     ///< Empty without torch.
  std::string baseline_version;  ///< Empty where nothing was compared.
  Roofline roofline;
  std::vector<BenchResult> results;
  std::vector<InstructionCount> instructions;
  std::vector<Verdict> verdicts;
  std::optional<GuideResult> guide;
  std::string disturbance;  ///< What disturbed the machine meanwhile; empty where nothing did.
  double waiting = 0;       ///< The share of the measured time in which a worker waited for its processor, which is not counted.
};

/// The time that the roofline allows this work; 0 where it says nothing.
double roofline_seconds(const Roofline& roofline, const Work& work);

/// The quartiles of some seconds; zeros for none. What is no number is left out.
Spread spread_of(std::vector<double> seconds);

/// Of pairs of logarithms, as times over times; nothing where there are no pairs.
std::optional<RelativeTime> relative_time(const PairedLaunches& pairs);

/// Why timings with these two fingerprints cannot be compared: "cpu: `A` before, `B` now"; empty where they can.
std::string fingerprint_difference(const Fingerprint& before, const Fingerprint& now);

/// Judges what torch's engines did in two reports by its ratios to our own kernels. Where the fingerprints differ all of it is
/// NOT_COMPARABLE; what only one of them measured is left out.
std::vector<Verdict> compare_reports(const BenchReport& before, const BenchReport& now);

/// What a gate makes of the verdicts: the exit code 0 (all SAME or IMPROVED), 1 (one REGRESSED), or 10 (else).
int gate_exit_code(const std::vector<Verdict>& verdicts);

}  // namespace torchup
