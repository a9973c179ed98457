#include "torchup/kernels/verdict.hpp"

#include <fmt/format.h>

#include <cmath>

namespace torchup {

namespace {

bool is_usable(const RelativeTime& time) {
  const auto positive = [](double value) { return std::isfinite(value) && value > 0; };
  return positive(time.ratio) && positive(time.interval.low) && positive(time.interval.high);
}

VerdictKind kind_of(const Interval& interval, double within) {
  if (interval.low > within) return VerdictKind::regressed;
  if (interval.high < -within) return VerdictKind::improved;
  if (interval.low >= -within && interval.high <= within) return VerdictKind::same;
  return VerdictKind::inconclusive;
}

}  // namespace

Verdict judge_relative(const RelativeTime& old_time, const RelativeTime& new_time, double floor) {
  Verdict verdict;
  verdict.measure = "ratio";
  if (!is_usable(old_time) || !is_usable(new_time)) {
    verdict.kind = VerdictKind::not_comparable;
    verdict.reason = "there is no ratio to our own kernel on both sides";
    return verdict;
  }
  const double change = std::log(new_time.ratio / old_time.ratio);
  // The two were measured apart, so their errors add as squares.
  const double down = std::hypot(std::log(new_time.ratio / new_time.interval.low), std::log(old_time.interval.high / old_time.ratio));
  const double up = std::hypot(std::log(new_time.interval.high / new_time.ratio), std::log(old_time.ratio / old_time.interval.low));
  const Interval interval{change - down, change + up};
  verdict.change = std::expm1(change);
  verdict.interval = {std::expm1(interval.low), std::expm1(interval.high)};
  verdict.kind = kind_of(interval, std::log1p(floor));
  if (verdict.kind == VerdictKind::inconclusive) {
    verdict.reason = fmt::format("the interval reaches across the {:.0f} % that such a comparison can tell", floor * 100);
  }
  return verdict;
}

Verdict judge_instructions(std::uint64_t old_count, std::uint64_t new_count, double floor) {
  Verdict verdict;
  verdict.measure = "instructions";
  if (old_count == 0 || new_count == 0) {
    verdict.kind = VerdictKind::not_comparable;
    verdict.reason = "one side has no count of instructions";
    return verdict;
  }
  verdict.change = static_cast<double>(new_count) / static_cast<double>(old_count) - 1;
  verdict.interval = {verdict.change, verdict.change};
  verdict.kind = kind_of(verdict.interval, floor);
  return verdict;
}

}  // namespace torchup
