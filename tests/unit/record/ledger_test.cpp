#include "src/record/ledger.hpp"

#include "tests/support/temporary_folder.hpp"
#include "tests/unit/record/ledger_fixture.hpp"

#include <catch2/catch.hpp>

#include <limits>
#include <string>
#include <vector>

using namespace torchup;
using torchup::test::k_environment;
using torchup::test::LedgerFixture;
using torchup::test::package;

TEST_CASE("an operation's way from staging to active stands in the history") {
  LedgerFixture fixture;
  Ledger ledger = fixture.open();
  const auto operation = ledger.begin_operation(k_environment, 1, "install", {"torch", "numpy>=2"}).value();
  CHECK(fixture.states(ledger) == "1 staging");

  fixture.now += std::chrono::seconds(90);
  REQUIRE(ledger.record_install(k_environment, 1, {package("torch", "2.15.0+cpu"), package("numpy", "2.4.0")}, "cpu",
                                {100, 20, 300, 0.5, 2.0, 1.0, 4.0}));
  REQUIRE(ledger.finish_operation(operation));

  const auto history = ledger.history(std::nullopt).value();
  REQUIRE(history.size() == 1);
  const HistoryEntry& entry = history.front();
  CHECK(entry.environment == k_environment);
  CHECK(entry.generation == 1);
  CHECK(entry.state == GenerationState::active);
  CHECK(entry.command == "install");
  CHECK(entry.requests == std::vector<std::string>{"torch", "numpy>=2"});
  CHECK(*entry.finished - entry.started == std::chrono::seconds(90));
  CHECK(entry.variant == "cpu");
  CHECK(entry.packages == 2);
  CHECK(entry.cost == InstallCost{100, 20, 300, 0.5, 2.0, 1.0, 4.0});
  CHECK(entry.healthy == std::nullopt);
  CHECK(entry.failure.empty());
}

TEST_CASE("packages come back as they were recorded, by name") {
  LedgerFixture fixture;
  Ledger ledger = fixture.open();
  REQUIRE(ledger.begin_operation(k_environment, 1, "install", {}));
  REQUIRE(ledger.record_install(k_environment, 1, {package("zlib", "1")}, "", {}));
  REQUIRE(ledger.record_install(k_environment, 1, {package("torch", "2.15.0+cpu"), package("numpy", "2.4.0")}, "", {}));

  const auto packages = ledger.packages(k_environment, 1).value();
  REQUIRE(packages.size() == 2);
  CHECK(packages[0].name.text() == "numpy");
  CHECK(packages[1].version.text() == "2.15.0+cpu");
  CHECK(packages[1].wheel_sha256 == package("torch", "1").wheel_sha256);
  CHECK(packages[1].wheel == "torch-2.15.0+cpu-py3-none-any.whl");
  CHECK(packages[1].url == "https://index.example/files/torch");
  CHECK(packages[1].index == "https://index.example/simple/");
}

TEST_CASE("the active generation before is kept, a failed one leaves it active") {
  LedgerFixture fixture;
  Ledger ledger = fixture.open();
  fixture.install(ledger, 1);
  fixture.install(ledger, 2);
  CHECK(fixture.states(ledger) == "2 active, 1 kept");

  const auto operation = ledger.begin_operation(k_environment, 3, "sync", {}).value();
  REQUIRE(ledger.fail_operation(operation, {ErrorKind::network, "the index did not answer", {"frame"}, {}}));
  CHECK(fixture.states(ledger) == "3 failed, 2 active, 1 kept");
  CHECK(ledger.history(std::nullopt).value().front().failure == "the index did not answer");

  REQUIRE(ledger.record_switch(k_environment, 1));
  CHECK(fixture.states(ledger) == "3 failed, 2 kept, 1 active");
}

TEST_CASE("an operation ends once") {
  LedgerFixture fixture;
  Ledger ledger = fixture.open();
  const auto operation = ledger.begin_operation(k_environment, 1, "install", {}).value();
  REQUIRE(ledger.finish_operation(operation));
  CHECK(ledger.finish_operation(operation).error().message == "operation 1 of the ledger is not open");
  CHECK_FALSE(ledger.fail_operation(operation, {ErrorKind::install, "x", {}, {}}));
  CHECK(fixture.states(ledger) == "1 active");
}

TEST_CASE("a number that comes again belongs to a new generation") {
  LedgerFixture fixture;
  Ledger ledger = fixture.open();
  fixture.install(ledger, 1);
  REQUIRE(ledger.begin_operation(k_environment, 1, "install", {}));
  REQUIRE(ledger.begin_operation(k_environment, 1, "install", {}));
  CHECK(fixture.states(ledger) == "1 staging, 1 failed, 1 gone");
  CHECK(ledger.history(std::nullopt).value()[1].failure == "interrupted");
  CHECK(ledger.packages(k_environment, 1).value().empty());
}

TEST_CASE("the last validation decides whether a generation is healthy, all of them stay") {
  LedgerFixture fixture;
  Ledger ledger = fixture.open();
  fixture.install(ledger, 1);
  Check good;
  good.id = "matmul";
  good.error = 0.5;
  good.seconds = std::numeric_limits<double>::quiet_NaN();
  Check bad;
  bad.id = "eigh";
  bad.outcome = CheckOutcome::fail;
  REQUIRE(ledger.record_validation(k_environment, 1, {{good}, "2.15.0+cpu", "no driver", false}));
  CHECK(ledger.history(std::nullopt).value()[0].healthy == true);
  CHECK(ledger.history(std::nullopt).value()[0].torch_version == "2.15.0+cpu");
  REQUIRE(ledger.record_validation(k_environment, 1, {{good, bad}, "2.15.0+cpu", "", false}));
  CHECK(ledger.history(std::nullopt).value()[0].healthy == false);
}

TEST_CASE("history is of one environment or of all, newest first, as many as asked for") {
  LedgerFixture fixture;
  Ledger ledger = fixture.open();
  fixture.install(ledger, 1);
  REQUIRE(ledger.begin_operation("/srv/other", 7, "install", {}));
  fixture.install(ledger, 2);
  CHECK(ledger.history(std::nullopt).value().size() == 3);
  CHECK(ledger.history(std::nullopt, 1).value().at(0).generation == 2);
  CHECK(ledger.history("/srv/other").value().at(0).generation == 7);
  CHECK(ledger.history("/srv/./other/").value().size() == 1);
  CHECK(ledger.history("/srv/nothing").value().empty());
}

TEST_CASE("what was never begun has no record") {
  LedgerFixture fixture;
  Ledger ledger = fixture.open();
  const auto result = ledger.record_validation(k_environment, 4, {});
  REQUIRE_FALSE(result);
  CHECK(result.error().kind == ErrorKind::internal);
  CHECK(result.error().message == std::string("the ledger knows no generation 4 of `") + k_environment + "`");
}

TEST_CASE("every environment that was ever changed is known by its root") {
  LedgerFixture fixture;
  Ledger ledger = fixture.open();
  CHECK(ledger.environments().value().empty());
  REQUIRE(ledger.begin_operation("/srv/z", 1, "install", {}));
  REQUIRE(ledger.begin_operation("/srv/a", 1, "install", {}));
  REQUIRE(ledger.begin_operation("/srv/z", 2, "sync", {}));
  CHECK(ledger.environments().value() == std::vector<std::filesystem::path>{"/srv/a", "/srv/z"});
}

TEST_CASE("the host of the last healthy validation of the active generation is given back") {
  LedgerFixture fixture;
  Ledger ledger = fixture.open();
  CHECK_FALSE(ledger.last_healthy(k_environment).value());
  fixture.install(ledger, 1);
  ValidationReport healthy, broken;
  healthy.checks.emplace_back().outcome = CheckOutcome::pass;
  broken.checks.emplace_back().outcome = CheckOutcome::fail;
  REQUIRE(ledger.record_validation(k_environment, 1, healthy));
  CHECK_FALSE(ledger.last_healthy(k_environment).value());  // of no known host
  REQUIRE(ledger.record_validation(k_environment, 1, healthy, {{"libc", "glibc 2.36"}, {"driver cuda", "580.95.05"}}));
  REQUIRE(ledger.record_validation(k_environment, 1, broken, {{"libc", "glibc 2.41"}}));
  const auto run = ledger.last_healthy(k_environment).value();
  REQUIRE(run);
  CHECK(run->at == fixture.now);
  CHECK(run->generation == 1);
  CHECK(run->host == HostMarks{{"libc", "glibc 2.36"}, {"driver cuda", "580.95.05"}});
  fixture.install(ledger, 2);
  CHECK_FALSE(ledger.last_healthy(k_environment).value());  // of the generation before
  REQUIRE(ledger.record_validation(k_environment, 2, healthy, {{"libc", "glibc 2.41"}}));
  CHECK(ledger.last_healthy(k_environment).value()->generation == 2);
}
