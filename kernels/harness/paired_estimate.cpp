#include "torchup/kernels/verdict.hpp"

#include "kernels/harness/median.hpp"

#include <cmath>
#include <random>

namespace torchup {

namespace {

/// A place below `count`. Not std::uniform_int_distribution, whose values the standard leaves to each library.
std::size_t place_below(std::mt19937_64& random, std::size_t count) { return static_cast<std::size_t>(random() % count); }

std::vector<double> medians_of(const PairedLaunches& launches) {
  std::vector<double> medians;
  for (const auto& launch : launches) {
    if (!launch.empty()) medians.push_back(median(launch));
  }
  return medians;
}

/// Launches first, then pairs of each: pairs of one launch agree far better than launches do.
double resampled_median(const PairedLaunches& launches, std::mt19937_64& random) {
  std::vector<double> medians;
  medians.reserve(launches.size());
  for (std::size_t i = 0; i < launches.size(); ++i) {
    const auto& launch = launches[place_below(random, launches.size())];
    std::vector<double> pairs(launch.size());
    for (double& pair : pairs) pair = launch[place_below(random, launch.size())];
    medians.push_back(median(std::move(pairs)));
  }
  return median(std::move(medians));
}

}  // namespace

PairedEstimate estimate_pairs(const PairedLaunches& launches, unsigned resamples, std::uint64_t seed) {
  PairedEstimate estimate;
  estimate.log_ratio = median(medians_of(launches));
  std::mt19937_64 random(seed);
  estimate.resampled.reserve(resamples);
  for (unsigned i = 0; i < resamples; ++i) estimate.resampled.push_back(resampled_median(launches, random));
  std::sort(estimate.resampled.begin(), estimate.resampled.end());
  estimate.interval = {quantile(estimate.resampled, 0.025), quantile(estimate.resampled, 0.975)};
  return estimate;
}

double noise_of(const PairedLaunches& control) {
  const std::vector<double> medians = medians_of(control);
  if (medians.empty()) return 0;
  double squares = 0;
  for (const double each : medians) squares += each * each;  // its mean is known: nothing
  return std::sqrt(squares / static_cast<double>(medians.size()));
}

}  // namespace torchup
