#include "torchup/resolver/version.hpp"

#include "tests/property/made_up_standards.hpp"

#include <catch2/catch.hpp>

using torchup::Version;
using torchup::test::Dice;

namespace {

Version made_up(Dice& dice) { return Version::parse(made_up_version(dice)).value(); }

}  // namespace

TEST_CASE("versions are totally ordered") {
  Dice dice(1);
  for (int round = 0; round < 10'000; ++round) {
    const Version a = made_up(dice), b = made_up(dice), c = made_up(dice);
    CAPTURE(round, a.text(), b.text(), c.text());
    const auto forth = a <=> b, back = b <=> a;
    REQUIRE((forth < 0) == (back > 0));
    REQUIRE((forth == 0) == (back == 0));
    REQUIRE((a == b) == (forth == 0));
    if (a <= b && b <= c) REQUIRE(a <= c);
    if (a == b) REQUIRE((a <=> c) == (b <=> c));
  }
}

TEST_CASE("a version's normal form reads as the same version, and is its own") {
  Dice dice(2);
  for (int round = 0; round < 5'000; ++round) {
    const Version version = made_up(dice);
    const Version again = Version::parse(version.text()).value();
    CAPTURE(round, version.text());
    REQUIRE(again == version);
    REQUIRE(again.text() == version.text());
  }
}

// PEP 440: a local version stands after its public version and before every other public one that is greater.
TEST_CASE("a local build stays beside its public version") {
  Dice dice(3);
  for (int round = 0; round < 5'000; ++round) {
    const Version local = made_up(dice), other = made_up(dice).without_local();
    CAPTURE(round, local.text(), other.text());
    REQUIRE(local.without_local() <= local);
    if (other > local.without_local()) REQUIRE(other > local);
  }
}
