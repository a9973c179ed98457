#pragma once
// The middle of some samples, and other quantiles. For the harness and its judgements.

#include <algorithm>
#include <cstddef>
#include <vector>

namespace torchup {

/// The mean of the two middle ones where their number is even. `samples` must not be empty.
inline double median(std::vector<double> samples) {
  const auto middle = samples.begin() + static_cast<std::ptrdiff_t>(samples.size() / 2);
  std::nth_element(samples.begin(), middle, samples.end());
  if (samples.size() % 2 == 1) return *middle;
  return (*middle + *std::max_element(samples.begin(), middle)) / 2;
}

/// Of sorted samples, between the two nearest; `share` is from 0 to 1. `sorted` must not be empty.
inline double quantile(const std::vector<double>& sorted, double share) {
  const double place = share * static_cast<double>(sorted.size() - 1);
  const auto below = static_cast<std::size_t>(place);
  if (below + 1 >= sorted.size()) return sorted.back();
  const double rest = place - static_cast<double>(below);
  return sorted[below] + rest * (sorted[below + 1] - sorted[below]);
}

}  // namespace torchup
