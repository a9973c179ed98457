#include "src/validate/bench/check_speed.hpp"

#include "src/validate/bench/run_bench.hpp"

#include <fmt/format.h>

namespace torchup {

namespace {

std::string speed_of(const BenchResult& result) {
  std::string text;
  if (const auto& time = result.to_reference)
    text = fmt::format("{:.2f} times as long as our own kernel ({:.2f} to {:.2f})", time->ratio, time->interval.low, time->interval.high);
  if (result.roofline_fraction > 0) text += fmt::format("{}{:.0f} % of the roof", text.empty() ? "" : ", ", result.roofline_fraction * 100);
  return text;
}

Check check_of(const BenchResult& result) {
  Check check;
  check.id = fmt::format("{}-{}", result.kernel, result.kernel_case);
  check.level = "bench";
  check.engine = result.engine;
  check.outcome = result.broken ? CheckOutcome::fail : result.trouble.empty() ? CheckOutcome::pass : CheckOutcome::skip;
  check.detail = result.trouble.empty() ? speed_of(result) : result.trouble;
  check.seconds = result.seconds.median;
  if (!result.trouble.empty()) return check;
  check.rate = result.achieved;
  check.rate_unit = result.rate_unit;
  if (result.to_reference) check.reference_rate = result.achieved * result.to_reference->ratio;
  return check;
}

}  // namespace

Status check_speed(const std::filesystem::path& self_program, const std::filesystem::path& python,
                   const std::filesystem::path& site_packages, Diagnostics& diagnostics, const Cancellation& cancellation,
                   ValidationReport& report) {
  BenchWish wish;
  wish.side = {python, site_packages};
  wish.self_program = self_program;
  wish.engines = {"torch-c"};
  wish.quick = true;
  TORCHUP_TRY_ASSIGN(const BenchReport bench, run_bench(wish, diagnostics, cancellation));
  for (const BenchResult& result : bench.results) {
    if (result.engine == "torch-c") report.checks.push_back(check_of(result));
  }
  return {};
}

}  // namespace torchup
