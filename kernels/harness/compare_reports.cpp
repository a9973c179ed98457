#include "torchup/kernels/bench_report.hpp"

#include <algorithm>

namespace torchup {

namespace {

bool is_of_torch(const BenchResult& result) { return result.engine.compare(0, 6, "torch-") == 0 && !result.is_baseline; }

const BenchResult* find_like(const BenchReport& report, const BenchResult& wanted) {
  const auto found = std::find_if(report.results.begin(), report.results.end(), [&](const BenchResult& each) {
    return !each.is_baseline && each.engine == wanted.engine && each.kernel == wanted.kernel && each.kernel_case == wanted.kernel_case &&
           each.device == wanted.device;
  });
  return found == report.results.end() ? nullptr : &*found;
}

Verdict judged(const BenchResult& before, const BenchResult& now, const std::string& difference) {
  Verdict verdict = judge_relative(before.to_reference.value_or(RelativeTime{}), now.to_reference.value_or(RelativeTime{}));
  if (!difference.empty()) {
    verdict = {};
    verdict.measure = "ratio";
    verdict.kind = VerdictKind::not_comparable;
    verdict.reason = difference;
  }
  verdict.kernel = now.kernel;
  verdict.kernel_case = now.kernel_case;
  verdict.engine = now.engine;
  return verdict;
}

}  // namespace

std::vector<Verdict> compare_reports(const BenchReport& before, const BenchReport& now) {
  const std::string difference = fingerprint_difference(before.fingerprint, now.fingerprint);
  std::vector<Verdict> verdicts;
  for (const BenchResult& result : now.results) {
    if (!is_of_torch(result)) continue;
    if (const BenchResult* const earlier = find_like(before, result)) verdicts.push_back(judged(*earlier, result, difference));
  }
  return verdicts;
}

}  // namespace torchup
