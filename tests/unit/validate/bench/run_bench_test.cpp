#include "src/validate/bench/run_bench.hpp"

#include "src/validate/bench/run_rounds.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <cmath>
#include <csignal>
#include <filesystem>

using namespace torchup;

namespace {

BenchSide fake(const std::string& fault) { return {"/nowhere/python", std::filesystem::path(TORCHUP_FAKE_TORCH) / fault}; }

BenchReport bench(const std::string& fault, std::vector<std::string> kernels, std::vector<std::string> engines = {"torch-c"},
                  const std::optional<std::string>& baseline = std::nullopt) {
  std::signal(SIGPIPE, SIG_IGN);  // as the program has it
  SilentDiagnostics diagnostics;
  const Cancellation cancellation;
  BenchWish wish;
  wish.side = fake(fault);
  if (baseline) wish.baseline = fake(*baseline);
  wish.self_program = TORCHUP_SHIM_HOST;
  wish.engines = std::move(engines);
  wish.kernels = std::move(kernels);
  wish.quick = true;
  auto report = run_bench(wish, diagnostics, cancellation);
  REQUIRE(report);
  return *std::move(report);
}

const BenchResult& result_of(const BenchReport& report, const std::string& engine, const std::string& kernel, bool is_baseline = false) {
  const auto found = std::find_if(report.results.begin(), report.results.end(), [&](const BenchResult& each) {
    return each.engine == engine && each.kernel == kernel && each.is_baseline == is_baseline;
  });
  REQUIRE(found != report.results.end());
  return *found;
}

}  // namespace

TEST_CASE("a torch is measured beside our own kernels, and the machine in the same run") {
  const BenchReport report = bench("healthy", {"reduce"});
  CHECK(report.torch_version == "2.10.1");
  CHECK(report.roofline.flops > 0);
  CHECK(report.roofline.bytes > 0);
  const BenchResult &torch = result_of(report, "torch-c", "reduce"), &native = result_of(report, "native", "reduce");
  for (const BenchResult* result : {&torch, &native}) {
    CHECK(result->trouble.empty());
    CHECK(result->samples.size() >= 15);
    CHECK(result->seconds.median > 0);
    CHECK(result->achieved > 0);
    CHECK(result->roofline_fraction > 0);
    REQUIRE(result->error);
    CHECK(result->error->holds());
  }
  REQUIRE(torch.to_reference);
  CHECK(torch.to_reference->interval.low <= torch.to_reference->ratio);
  CHECK(torch.to_reference->ratio <= torch.to_reference->interval.high);
  CHECK_FALSE(native.to_reference);
  CHECK(report.verdicts.empty());
}

TEST_CASE("a torch that takes twice the time is found beside the one that does not") {
  const BenchReport report = bench("half_speed", {"matmul-512x512"}, {"torch-c"}, "healthy");
  REQUIRE(report.verdicts.size() == 1);
  const Verdict& verdict = report.verdicts[0];
  CAPTURE(verdict.change, verdict.noise, verdict.reason, report.disturbance);
  CHECK(verdict.kernel == "matmul");
  CHECK(verdict.kernel_case == "512x512");
  CHECK(verdict.engine == "torch-c");
  CHECK(verdict.kind == VerdictKind::regressed);
  CHECK(report.baseline_version == "2.10.1");
  CHECK(result_of(report, "torch-c", "matmul", true).seconds.median > 0);
}

TEST_CASE("what crashes is named, and what comes after it is measured all the same") {
  const BenchReport report = bench("crash", {"eigh", "reduce"});
  const BenchResult& eigh = result_of(report, "torch-c", "eigh");
  CHECK(eigh.broken);
#if !defined(__SANITIZE_ADDRESS__)
  CHECK(eigh.trouble == "the worker was ended by SIGSEGV (a wrong memory access)");
#endif
  CHECK(result_of(report, "torch-c", "reduce").trouble.empty());
  CHECK(result_of(report, "native", "eigh").trouble.empty());
}

TEST_CASE("what a torch cannot do is no fault of it, and no difference between two that cannot") {
  const BenchReport report = bench("old", {"eigh", "reduce"}, {"torch-c"}, "old");
  const BenchResult& eigh = result_of(report, "torch-c", "eigh");
  CHECK(eigh.trouble == "this torch's C interface (2.9.1) has no `torch_call_dispatcher`");
  CHECK_FALSE(eigh.broken);
  REQUIRE(report.verdicts.size() == 1);
  CHECK(report.verdicts[0].kernel == "reduce");
}

TEST_CASE("what only one side does is not comparable") {
  const BenchReport report = bench("healthy", {"eigh"}, {"torch-c"}, "old");
  REQUIRE(report.verdicts.size() == 1);
  CHECK(report.verdicts[0].kind == VerdictKind::not_comparable);
  CHECK(report.verdicts[0].reason == "the baseline: this torch's C interface (2.9.1) has no `torch_call_dispatcher`");
}

TEST_CASE("wrong numbers are not timed") {
  const BenchReport report = bench("wrong_element", {"matmul-512x512"});
  const BenchResult& matmul = result_of(report, "torch-c", "matmul");
  CHECK(matmul.broken);
  CHECK(matmul.trouble.find("its numbers are wrong: 1 of 262144 elements are wrong: error ") == 0);
  CHECK(matmul.seconds.median == 0);
}

TEST_CASE("an interpreter that is not there is told with its path, and the other engines are measured") {
  SilentDiagnostics diagnostics;
  const Cancellation cancellation;
  BenchWish wish;
  wish.side = fake("healthy");
  wish.self_program = TORCHUP_SHIM_HOST;
  wish.engines = {"torch-python"};
  wish.kernels = {"reduce"};
  wish.quick = true;
  const auto report = run_bench(wish, diagnostics, cancellation);
  REQUIRE_FALSE(report);
  CHECK(report.error().message == "cannot run `/nowhere/python`: No such file or directory");
}

TEST_CASE("an interpreter without torch says what it said") {
  SilentDiagnostics diagnostics;
  const Cancellation cancellation;
  BenchWish wish;
  wish.side = fake("healthy");
  wish.side.python = "/usr/bin/python3";
  wish.self_program = TORCHUP_SHIM_HOST;
  wish.engines = {"torch-python"};
  wish.kernels = {"reduce"};
  wish.quick = true;
  const auto report = run_bench(wish, diagnostics, cancellation);
  REQUIRE(report);
  CHECK(result_of(*report, "torch-python", "reduce").trouble == "ModuleNotFoundError: No module named 'torch'");
  CHECK(result_of(*report, "torch-python", "reduce").broken);
}

TEST_CASE("names that are none are refused with those that there are") {
  SilentDiagnostics diagnostics;
  const Cancellation cancellation;
  BenchWish wish;
  wish.engines = {"numpy"};
  auto report = run_bench(wish, diagnostics, cancellation);
  REQUIRE_FALSE(report);
  CHECK(report.error().kind == ErrorKind::usage);
  CHECK(report.error().message == "`numpy` is no engine of the benchmark");
  CHECK(report.error().hints == std::vector<std::string>{"there are native, blas, torch-c, torch-python"});
  wish.engines = {"torch-c"};
  wish.kernels = {"matmul-3x3"};
  report = run_bench(wish, diagnostics, cancellation);
  REQUIRE_FALSE(report);
  CHECK(report.error().message == "`matmul-3x3` is no kernel of the benchmark");
}

TEST_CASE("pairs are taken round by round, and rounds that lack one are left out") {
  CaseTimes times, over;
  times.seconds = {{2, NAN, 8}, {1}};
  over.seconds = {{1, 1, 4}};
  const PairedLaunches pairs = paired(times, over);
  REQUIRE(pairs.size() == 1);
  REQUIRE(pairs[0].size() == 2);
  CHECK(pairs[0][0] == Approx(std::log(2)));
  CHECK(pairs[0][1] == Approx(std::log(2)));
}
