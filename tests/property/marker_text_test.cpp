#include "torchup/resolver/marker.hpp"

#include "tests/property/made_up_standards.hpp"

#include <catch2/catch.hpp>

using torchup::Marker;
using torchup::MarkerEnvironment;
using torchup::test::Dice;

TEST_CASE("a marker's canonical text reads back as the same marker, true in the same environments") {
  Dice dice(6);
  for (int round = 0; round < 2'000; ++round) {
    const std::string written = made_up_marker(dice);
    const Marker marker = Marker::parse(written).value();
    const Marker again = Marker::parse(marker.text()).value();
    CAPTURE(round, written, marker.text());
    REQUIRE(again.text() == marker.text());
    for (const char* python : {"3.8", "3.9", "3.10", "3.11"}) {
      for (const char* platform : {"linux", "win32"}) {
        MarkerEnvironment environment{{{"python_version", python}, {"sys_platform", platform}}};
        if (dice.one_in(2)) environment.extras.insert("a");
        if (dice.one_in(2)) environment.extras.insert("b");
        REQUIRE(again.evaluate(environment) == marker.evaluate(environment));
      }
    }
  }
}

// The two sides are joined under parentheses of their own, so this fails where precedence or flattening goes wrong.
TEST_CASE("joined markers hold as their parts do") {
  Dice dice(7);
  for (int round = 0; round < 2'000; ++round) {
    const std::string left = made_up_marker(dice), right = made_up_marker(dice);
    const Marker both = Marker::parse("(" + left + ") and (" + right + ")").value();
    const Marker either = Marker::parse("(" + left + ") or (" + right + ")").value();
    MarkerEnvironment environment{{{"python_version", dice.one_in(2) ? "3.8" : "3.10"}, {"sys_platform", "linux"}}};
    if (dice.one_in(2)) environment.extras.insert("a");
    const bool left_holds = Marker::parse(left).value().evaluate(environment);
    const bool right_holds = Marker::parse(right).value().evaluate(environment);
    CAPTURE(round, left, right);
    REQUIRE(both.evaluate(environment) == (left_holds && right_holds));
    REQUIRE(either.evaluate(environment) == (left_holds || right_holds));
  }
}
