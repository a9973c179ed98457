#include "torchup/kernels/bench_report.hpp"

#include "kernels/harness/median.hpp"

#include <fmt/format.h>

#include <cmath>

namespace torchup {

namespace {

constexpr unsigned k_resamples = 1000;
constexpr std::uint64_t k_seed = 1;

const std::string* find_value(const Fingerprint& fingerprint, const std::string& name) {
  for (const auto& [each, value] : fingerprint) {
    if (each == name) return &value;
  }
  return nullptr;
}

std::string difference_of(const std::string& name, const std::string* before, const std::string* now) {
  if (before != nullptr && now != nullptr && *before == *now) return {};
  return fmt::format("{}: `{}` before, `{}` now", name, before != nullptr ? *before : "none", now != nullptr ? *now : "none");
}

}  // namespace

double roofline_seconds(const Roofline& roofline, const Work& work) {
  const double arithmetic = roofline.flops > 0 ? work.flops / roofline.flops : 0;
  const double memory = roofline.bytes > 0 ? work.bytes / roofline.bytes : 0;
  return std::max(arithmetic, memory);
}

Spread spread_of(std::vector<double> seconds) {
  std::erase_if(seconds, [](double each) { return !std::isfinite(each); });
  if (seconds.empty()) return {};
  std::sort(seconds.begin(), seconds.end());
  return {quantile(seconds, 0.5), quantile(seconds, 0.25), quantile(seconds, 0.75)};
}

std::optional<RelativeTime> relative_time(const PairedLaunches& pairs) {
  PairedLaunches some;
  for (const auto& launch : pairs) {
    if (!launch.empty()) some.push_back(launch);
  }
  if (some.empty()) return std::nullopt;
  const PairedEstimate estimate = estimate_pairs(some, k_resamples, k_seed);
  return RelativeTime{std::exp(estimate.log_ratio), {std::exp(estimate.interval.low), std::exp(estimate.interval.high)}};
}

std::string fingerprint_difference(const Fingerprint& before, const Fingerprint& now) {
  for (const auto& [name, value] : before) {
    if (auto difference = difference_of(name, &value, find_value(now, name)); !difference.empty()) return difference;
  }
  for (const auto& [name, value] : now) {
    if (find_value(before, name) == nullptr) return difference_of(name, nullptr, &value);
  }
  return {};
}

int gate_exit_code(const std::vector<Verdict>& verdicts) {
  constexpr int k_passed = 0, k_regressed = 1, k_no_answer = 10;
  int code = verdicts.empty() ? k_no_answer : k_passed;
  for (const Verdict& verdict : verdicts) {
    if (verdict.kind == VerdictKind::regressed) return k_regressed;
    if (verdict.kind == VerdictKind::inconclusive || verdict.kind == VerdictKind::not_comparable) code = k_no_answer;
  }
  return code;
}

}  // namespace torchup
