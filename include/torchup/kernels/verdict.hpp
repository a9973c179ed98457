#pragma once
// Whether something became slower: pairs of timings in, one word and its interval out. Pure and deterministic: the same pairs give
// the same verdict on every machine. Used by `bench`, by the gate of `upgrade` and by comparisons with history.

#include <cstdint>
#include <string>
#include <vector>

namespace torchup {

enum class VerdictKind { same, improved, regressed, inconclusive, not_comparable };

/// "SAME", "IMPROVED", "REGRESSED", "INCONCLUSIVE", "NOT_COMPARABLE"
const char* verdict_name(VerdictKind kind);

struct Interval {
  double low = 0, high = 0;
  bool operator==(const Interval&) const = default;
};

/// One operation's judgement. Changes are of time, or of what is measured in its place: 0.1 is a tenth slower, -0.1 a tenth less time.
struct Verdict {
  std::string kernel, kernel_case, engine;
  std::string measure = "time";  ///< Or "ratio", where the sides were measured apart, or "instructions".
  VerdictKind kind = VerdictKind::inconclusive;
  double change = 0;
  Interval interval;   ///< 95 %, of the change.
  double noise = 0;    ///< Standard deviation of the same code against itself, from launch to launch.
  std::string reason;  ///< Why it is inconclusive or not comparable; empty otherwise.
  bool operator==(const Verdict&) const = default;
};

/// Natural logarithms of (time of the new side / time of the old side), one for each pair, one list for each launch of both.
using PairedLaunches = std::vector<std::vector<double>>;

/// What was measured of one operation.
struct PairedEvidence {
  std::string kernel, kernel_case, engine;
  PairedLaunches pairs;
  PairedLaunches control;    ///< The old side against a second process of itself, in the same rounds.
  std::string incomparable;  ///< Why the sides cannot be compared at all; empty where they can.
};

struct VerdictRules {
  double gate = 0.05;              ///< The least change that counts; at least three times the noise does in any case.
  double significance = 0.05;      ///< Of all operations together, by Holm's procedure.
  std::size_t least_launches = 3;  ///< Fewer are inconclusive.
  std::size_t least_pairs = 5;     ///< In each launch that counts.
  unsigned resamples = 4000;
  std::uint64_t seed = 20260101;
};

/// Median of medians, with the interval that resampling launches and then pairs gives. Launches must not be empty.
struct PairedEstimate {
  double log_ratio = 0;
  Interval interval;              ///< 95 %, of the logarithm.
  std::vector<double> resampled;  ///< Sorted.
};
PairedEstimate estimate_pairs(const PairedLaunches& launches, unsigned resamples, std::uint64_t seed);

/// The root mean square of the launches' medians: what the same code against itself scatters by. 0 for no launches.
double noise_of(const PairedLaunches& control);

/// For each p-value whether it is significant at `significance` among all of them, by Holm's step-down procedure.
std::vector<bool> holm(const std::vector<double>& p_values, double significance);

/// A verdict for each piece of evidence, in its order.
///  REGRESSED  the interval lies above max(gate, 3 noise), and the change is significant among all operations
///  IMPROVED   the mirror image
///  SAME       the interval lies within the gate
///  otherwise INCONCLUSIVE, with the reason
std::vector<Verdict> judge(const std::vector<PairedEvidence>& evidence, const VerdictRules& rules = {});

/// One operation's time as a multiple of our own kernel's, measured in the same rounds: what history keeps.
struct RelativeTime {
  double ratio = 0;
  Interval interval;  ///< 95 %
};

/// Judges two measurements of different times by their ratios to our kernel, never by seconds. `floor` is what such a comparison
/// can tell; a ratio that is no positive number is NOT_COMPARABLE.
Verdict judge_relative(const RelativeTime& old_time, const RelativeTime& new_time, double floor = 0.07);

/// Judges exact counts of instructions; `floor` is a share of the old count.
Verdict judge_instructions(std::uint64_t old_count, std::uint64_t new_count, double floor = 0.01);

}  // namespace torchup
