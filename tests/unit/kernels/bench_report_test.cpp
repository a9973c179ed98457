#include "torchup/kernels/bench_report.hpp"

#include <catch2/catch.hpp>

#include <cmath>

using namespace torchup;

namespace {

BenchResult result_of(const std::string& engine, double ratio, const std::string& kernel = "matmul") {
  BenchResult result;
  result.kernel = kernel;
  result.kernel_case = "512x512";
  result.engine = engine;
  if (ratio > 0) result.to_reference = RelativeTime{ratio, {ratio * 0.99, ratio * 1.01}};
  return result;
}

BenchReport report_of(std::vector<BenchResult> results) {
  BenchReport report;
  report.fingerprint = {{"cpu", "A"}, {"kernel", "6.1"}};
  report.results = std::move(results);
  return report;
}

Verdict verdict_of(VerdictKind kind) {
  Verdict verdict;
  verdict.kind = kind;
  return verdict;
}

}  // namespace

TEST_CASE("the roof is the slower of arithmetic and memory") {
  const Roofline roofline{100e9, 10e9};
  CHECK(roofline_seconds(roofline, {200e9, 1e9, 1}) == Approx(2));
  CHECK(roofline_seconds(roofline, {1e9, 40e9, 1}) == Approx(4));
  CHECK(roofline_seconds({}, {1e9, 1e9, 1}) == 0);
}

TEST_CASE("a spread is the median between the quartiles, of what is a number") {
  const Spread spread = spread_of({5, 1, 4, 2, 3, NAN});
  CHECK(spread.median == 3);
  CHECK(spread.low == 2);
  CHECK(spread.high == 4);
  CHECK(spread_of({NAN}).median == 0);
  CHECK(spread_of({7}).high == 7);
}

TEST_CASE("a relative time is the pairs' ratio, whatever launches lack") {
  const auto time = relative_time({{}, std::vector<double>(5, std::log(2.0)), std::vector<double>(5, std::log(2.0))});
  REQUIRE(time);
  CHECK(time->ratio == Approx(2));
  CHECK(time->interval.low == Approx(2));
  CHECK_FALSE(relative_time({{}, {}}));
  CHECK_FALSE(relative_time({}));
}

TEST_CASE("fingerprints differ by a value, by what came and by what went") {
  const Fingerprint before{{"cpu", "A"}, {"kernel", "6.1"}};
  CHECK(fingerprint_difference(before, before).empty());
  CHECK(fingerprint_difference(before, {{"kernel", "6.1"}, {"cpu", "A"}}).empty());
  CHECK(fingerprint_difference(before, {{"cpu", "A"}, {"kernel", "6.2"}}) == "kernel: `6.1` before, `6.2` now");
  CHECK(fingerprint_difference(before, {{"cpu", "A"}}) == "kernel: `6.1` before, `none` now");
  CHECK(fingerprint_difference({{"cpu", "A"}}, before) == "kernel: `none` before, `6.1` now");
}

TEST_CASE("reports are compared by torch's ratios to our own kernels") {
  const BenchReport before =
      report_of({result_of("native", 0), result_of("blas", 1.0), result_of("torch-c", 1.0), result_of("torch-python", 1.0)});
  const BenchReport now = report_of({result_of("native", 0), result_of("blas", 9.0), result_of("torch-c", 1.2),
                                     result_of("torch-python", 1.0), result_of("torch-c", 1.0, "eigh")});
  const auto verdicts = compare_reports(before, now);
  REQUIRE(verdicts.size() == 2);  // BLAS is no torch, and eigh was not measured before
  CHECK(verdicts[0].engine == "torch-c");
  CHECK(verdicts[0].kernel_case == "512x512");
  CHECK(verdicts[0].measure == "ratio");
  CHECK(verdicts[0].kind == VerdictKind::regressed);
  CHECK(verdicts[0].change == Approx(0.2));
  CHECK(verdicts[1].kind == VerdictKind::same);
}

TEST_CASE("a report of another machine is not comparable, and says in what") {
  BenchReport now = report_of({result_of("torch-c", 1.2)});
  now.fingerprint[0].second = "B";
  const auto verdicts = compare_reports(report_of({result_of("torch-c", 1.0)}), now);
  REQUIRE(verdicts.size() == 1);
  CHECK(verdicts[0].kind == VerdictKind::not_comparable);
  CHECK(verdicts[0].reason == "cpu: `A` before, `B` now");
  CHECK(verdicts[0].change == 0);
}

TEST_CASE("a baseline's results are not taken for the environment's own") {
  BenchReport before = report_of({result_of("torch-c", 1.0)});
  before.results[0].is_baseline = true;
  CHECK(compare_reports(before, report_of({result_of("torch-c", 1.2)})).empty());
}

TEST_CASE("a gate passes, refuses, or does not know") {
  const auto code = [](std::initializer_list<VerdictKind> kinds) {
    std::vector<Verdict> verdicts;
    for (const VerdictKind kind : kinds) verdicts.push_back(verdict_of(kind));
    return gate_exit_code(verdicts);
  };
  CHECK(code({VerdictKind::same, VerdictKind::improved}) == 0);
  CHECK(code({VerdictKind::same, VerdictKind::inconclusive}) == 10);
  CHECK(code({VerdictKind::not_comparable, VerdictKind::same}) == 10);
  CHECK(code({VerdictKind::inconclusive, VerdictKind::regressed, VerdictKind::same}) == 1);
  CHECK(code({}) == 10);
}
