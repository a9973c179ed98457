#include "torchup/kernels/verdict.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>

namespace torchup {

namespace {

constexpr double k_noise_factor = 3;

/// A piece of evidence on the way to its verdict.
struct Judgement {
  Verdict verdict;
  bool measured = false;  ///< There are enough pairs to judge.
  double threshold = 0;   ///< Of the change that counts, as a logarithm.
  Interval interval;      ///< Of the logarithm.
  double p_value = 1;     ///< Of no change beyond the threshold, two-sided.
};

std::string percent(double share) { return fmt::format("{:.1f} %", share * 100); }

PairedLaunches with_pairs(const PairedLaunches& launches, std::size_t least) {
  PairedLaunches kept;
  std::copy_if(launches.begin(), launches.end(), std::back_inserter(kept), [&](const auto& launch) { return launch.size() >= least; });
  return kept;
}

/// Twice the smaller tail beyond the threshold on either side; never nothing, for resamples are finite.
double p_value_of(const std::vector<double>& resampled, double threshold) {
  const auto count = static_cast<double>(resampled.size());
  const auto not_above = std::upper_bound(resampled.begin(), resampled.end(), threshold) - resampled.begin();
  const auto not_below = resampled.end() - std::lower_bound(resampled.begin(), resampled.end(), -threshold);
  return std::min(1.0, 2 * (static_cast<double>(std::min(not_above, not_below)) + 1) / (count + 1));
}

Judgement measure(const PairedEvidence& evidence, const VerdictRules& rules) {
  Judgement judgement;
  Verdict& verdict = judgement.verdict;
  verdict.kernel = evidence.kernel;
  verdict.kernel_case = evidence.kernel_case;
  verdict.engine = evidence.engine;
  if (!evidence.incomparable.empty()) {
    verdict.kind = VerdictKind::not_comparable;
    verdict.reason = evidence.incomparable;
    return judgement;
  }
  const PairedLaunches launches = with_pairs(evidence.pairs, rules.least_pairs);
  if (launches.size() < rules.least_launches) {
    verdict.reason = fmt::format("{} of {} launches gave {} pairs or more, {} are needed", launches.size(), evidence.pairs.size(),
                                 rules.least_pairs, rules.least_launches);
    return judgement;
  }
  const PairedEstimate estimate = estimate_pairs(launches, rules.resamples, rules.seed);
  verdict.noise = noise_of(evidence.control);
  verdict.change = std::expm1(estimate.log_ratio);
  verdict.interval = {std::expm1(estimate.interval.low), std::expm1(estimate.interval.high)};
  judgement.measured = true;
  judgement.interval = estimate.interval;
  judgement.threshold = std::max(std::log1p(rules.gate), k_noise_factor * verdict.noise);
  judgement.p_value = p_value_of(estimate.resampled, judgement.threshold);
  return judgement;
}

std::string why_inconclusive(const Judgement& judgement, double gate) {
  if (judgement.threshold > std::log1p(gate)) {
    return fmt::format("the same code scatters by {} here, so that changes below {} do not show", percent(judgement.verdict.noise),
                       percent(std::expm1(judgement.threshold)));
  }
  return fmt::format("the interval reaches across the gate of {}", percent(gate));
}

void decide(Judgement& judgement, bool significant, double gate) {
  Verdict& verdict = judgement.verdict;
  const double within = std::log1p(gate);
  const bool above = judgement.interval.low > judgement.threshold, below = judgement.interval.high < -judgement.threshold;
  if (significant && (above || below)) {
    verdict.kind = above ? VerdictKind::regressed : VerdictKind::improved;
  } else if (judgement.interval.low >= -within && judgement.interval.high <= within) {
    verdict.kind = VerdictKind::same;
  } else {
    verdict.reason = above || below ? "the change is not significant among so many operations" : why_inconclusive(judgement, gate);
  }
}

}  // namespace

const char* verdict_name(VerdictKind kind) {
  switch (kind) {
    case VerdictKind::same:
      return "SAME";
    case VerdictKind::improved:
      return "IMPROVED";
    case VerdictKind::regressed:
      return "REGRESSED";
    case VerdictKind::not_comparable:
      return "NOT_COMPARABLE";
    case VerdictKind::inconclusive:
      break;
  }
  return "INCONCLUSIVE";
}

std::vector<bool> holm(const std::vector<double>& p_values, double significance) {
  std::vector<std::size_t> order(p_values.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return p_values[a] < p_values[b]; });
  std::vector<bool> significant(p_values.size(), false);
  for (std::size_t rank = 0; rank < order.size(); ++rank) {
    if (p_values[order[rank]] > significance / static_cast<double>(order.size() - rank)) break;
    significant[order[rank]] = true;
  }
  return significant;
}

std::vector<Verdict> judge(const std::vector<PairedEvidence>& evidence, const VerdictRules& rules) {
  std::vector<Judgement> judgements;
  std::vector<double> p_values;
  for (const PairedEvidence& each : evidence) {
    judgements.push_back(measure(each, rules));
    if (judgements.back().measured) p_values.push_back(judgements.back().p_value);
  }
  const std::vector<bool> significant = holm(p_values, rules.significance);
  std::vector<Verdict> verdicts;
  std::size_t place = 0;
  for (std::size_t i = 0; i < evidence.size(); ++i) {
    if (judgements[i].measured) decide(judgements[i], significant[place++], rules.gate);
    verdicts.push_back(std::move(judgements[i].verdict));
  }
  return verdicts;
}

}  // namespace torchup
