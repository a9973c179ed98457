#include "tests/unit/record/ledger_fixture.hpp"

#include <catch2/catch.hpp>

#include <cmath>

using namespace torchup;
using torchup::test::LedgerFixture;

namespace {

BenchReport report_of(const std::string& torch, double ratio) {
  BenchReport report;
  report.torch_version = torch;
  report.fingerprint = {{"cpu", "A 'quoted' CPU"}, {"kernel", "6.1"}};
  report.roofline = {100e9, 10e9};
  report.disturbance = "something waited";
  BenchResult result;
  result.kernel = "matmul";
  result.kernel_case = "512x512";
  result.engine = "torch-c";
  result.rate_unit = "GFLOP/s";
  result.seconds = {0.004, 0.003, 0.005};
  result.achieved = 67;
  result.roofline_fraction = 0.67;
  result.to_reference = RelativeTime{ratio, {ratio - 0.1, ratio + 0.1}};
  report.results.push_back(result);
  return report;
}

}  // namespace

TEST_CASE("a benchmark comes out of the ledger as it went in, newest first") {
  LedgerFixture fixture;
  {
    Ledger ledger = fixture.open();
    CHECK(ledger.record_benchmark("/srv/a/.venv", 1, report_of("2.14.0", 1.1)) == 1);
    fixture.now += std::chrono::seconds(60);
    CHECK(ledger.record_benchmark("/srv/a/.venv/", 2, report_of("2.15.0", 1.2)) == 2);  // the same environment
    CHECK(ledger.record_benchmark("/srv/b/.venv", 1, report_of("2.15.0", 1.3)) == 3);
  }
  const Ledger ledger = fixture.open();
  CHECK(ledger.benchmarks(std::nullopt).value().size() == 3);
  const auto entries = ledger.benchmarks("/srv/a/.venv").value();
  REQUIRE(entries.size() == 2);
  const BenchmarkEntry& entry = entries[0];
  CHECK(entry.id == 2);
  CHECK(entry.environment == "/srv/a/.venv");
  CHECK(entry.generation == 2);
  CHECK(entry.at == fixture.now);
  CHECK(entry.report.torch_version == "2.15.0");
  CHECK(entry.report.fingerprint == report_of("", 1).fingerprint);
  CHECK(entry.report.disturbance == "something waited");
  CHECK(entry.report.roofline.flops == 100e9);
  REQUIRE(entry.report.results.size() == 1);
  const BenchResult& result = entry.report.results[0];
  CHECK(result.kernel == "matmul");
  CHECK(result.rate_unit == "GFLOP/s");
  CHECK(result.device == "cpu");
  CHECK(result.seconds.low == 0.003);
  CHECK(result.roofline_fraction == 0.67);
  REQUIRE(result.to_reference);
  CHECK(result.to_reference->ratio == 1.2);
  CHECK(result.to_reference->interval.high == Approx(1.3));
  CHECK(ledger.benchmarks("/srv/a/.venv", 1).value().size() == 1);
  CHECK(ledger.benchmarks("/srv/c/.venv").value().empty());
}

TEST_CASE("a benchmark is found by its number, or not") {
  LedgerFixture fixture;
  Ledger ledger = fixture.open();
  REQUIRE(ledger.record_benchmark("/srv/a/.venv", 1, report_of("2.14.0", 1.1)));
  CHECK(ledger.benchmark(1).value()->report.torch_version == "2.14.0");
  CHECK_FALSE(ledger.benchmark(2).value());
}

TEST_CASE("what was not timed, and the baseline, are not kept") {
  LedgerFixture fixture;
  Ledger ledger = fixture.open();
  BenchReport report = report_of("2.15.0", 1);
  report.results.push_back(report.results[0]);
  report.results[1].is_baseline = true;
  report.results.push_back(report.results[0]);
  report.results[2].trouble = "no eigh";
  report.results.push_back(report.results[0]);
  report.results[3].to_reference.reset();
  report.results[3].engine = "native";
  report.results[3].achieved = NAN;
  REQUIRE(ledger.record_benchmark("/srv/a/.venv", 1, report));
  const auto kept = ledger.benchmark(1).value()->report.results;
  REQUIRE(kept.size() == 2);
  CHECK(kept[1].engine == "native");
  CHECK_FALSE(kept[1].to_reference);
  CHECK(kept[1].achieved == 0);
}
