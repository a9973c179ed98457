#include "tests/unit/record/ledger_fixture.hpp"

#include <catch2/catch.hpp>

#include <string>

using namespace torchup;
using torchup::test::k_environment;
using torchup::test::LedgerFixture;

TEST_CASE("a ledger that agrees with the disk is not touched") {
  LedgerFixture fixture;
  Ledger ledger = fixture.open();
  fixture.install(ledger, 1);
  fixture.install(ledger, 2);
  CHECK(ledger.reconcile(k_environment, 2, {1, 2}, fixture.diagnostics).value() == 0);
  CHECK(fixture.diagnostics.notes.empty());
}

TEST_CASE("killed after the flip: the generation in use becomes active") {
  LedgerFixture fixture;
  Ledger ledger = fixture.open();
  fixture.install(ledger, 1);
  REQUIRE(ledger.begin_operation(k_environment, 2, "install", {"torch"}));
  CHECK(ledger.reconcile(k_environment, 2, {1, 2}, fixture.diagnostics).value() == 2);
  CHECK(fixture.states(ledger) == "2 active, 1 kept");
  CHECK(ledger.history(std::nullopt).value()[0].finished == fixture.now);
  CHECK(fixture.diagnostics.notes.back() ==
        std::string("ledger mended: generation 2 of `") + k_environment + "` was staging and is active");
}

TEST_CASE("killed before the flip: the half-made generation failed") {
  LedgerFixture fixture;
  Ledger ledger = fixture.open();
  fixture.install(ledger, 1);
  REQUIRE(ledger.begin_operation(k_environment, 2, "install", {}));
  CHECK(ledger.reconcile(k_environment, 1, {1}, fixture.diagnostics).value() == 1);
  CHECK(fixture.states(ledger) == "2 failed, 1 active");
  CHECK(ledger.history(std::nullopt).value()[0].failure == "interrupted");
}

TEST_CASE("killed in a roll-back: what current points to is active") {
  LedgerFixture fixture;
  Ledger ledger = fixture.open();
  fixture.install(ledger, 1);
  fixture.install(ledger, 2);
  CHECK(ledger.reconcile(k_environment, 1, {1, 2}, fixture.diagnostics).value() == 2);
  CHECK(fixture.states(ledger) == "2 kept, 1 active");
}

TEST_CASE("generations removed by hand are gone, unknown ones are taken in") {
  LedgerFixture fixture;
  Ledger ledger = fixture.open();
  fixture.install(ledger, 1);
  fixture.install(ledger, 2);
  CHECK(ledger.reconcile(k_environment, 5, {4, 5}, fixture.diagnostics).value() == 4);
  CHECK(fixture.states(ledger) == "5 active, 4 kept, 2 gone, 1 gone");
  CHECK(ledger.history(std::nullopt).value()[0].command.empty());
  CHECK(ledger.reconcile(k_environment, 5, {4, 5}, fixture.diagnostics).value() == 0);
}

TEST_CASE("an environment that was removed has no live generation") {
  LedgerFixture fixture;
  Ledger ledger = fixture.open();
  fixture.install(ledger, 1);
  REQUIRE(ledger.begin_operation("/srv/other", 1, "install", {}));
  CHECK(ledger.reconcile(k_environment, std::nullopt, {}, fixture.diagnostics).value() == 1);
  CHECK(fixture.states(ledger) == "1 staging, 1 gone");
}

TEST_CASE("a lost ledger is rebuilt from what is on disk") {
  LedgerFixture fixture;
  Ledger ledger = fixture.open();
  CHECK(ledger.reconcile(k_environment, 3, {2, 3}, fixture.diagnostics).value() == 2);
  CHECK(fixture.states(ledger) == "3 active, 2 kept");
  REQUIRE(ledger.record_install(k_environment, 3, {torchup::test::package("torch", "2.15.0")}, "cpu", {}));
  CHECK(ledger.packages(k_environment, 3).value().size() == 1);
}
