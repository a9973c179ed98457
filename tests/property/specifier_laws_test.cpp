#include "torchup/resolver/specifier.hpp"

#include "tests/property/made_up_standards.hpp"

#include <catch2/catch.hpp>

using torchup::SpecifierSet;
using torchup::Version;
using torchup::test::Dice;

namespace {

bool contains(const std::string& specifiers, const Version& version) { return SpecifierSet::parse(specifiers).value().contains(version); }

}  // namespace

TEST_CASE("the canonical text of specifiers means the same") {
  Dice dice(4);
  for (int round = 0; round < 5'000; ++round) {
    const std::string written = made_up_clause(dice) + " ," + made_up_clause(dice);
    const SpecifierSet first = SpecifierSet::parse(written).value();
    const SpecifierSet again = SpecifierSet::parse(first.text()).value();
    const Version version = Version::parse(made_up_version(dice)).value();
    CAPTURE(round, written, first.text(), version.text());
    REQUIRE(again.text() == first.text());
    REQUIRE(again.contains(version) == first.contains(version));
  }
}

TEST_CASE("operators agree with one another") {
  Dice dice(5);
  for (int round = 0; round < 8'000; ++round) {
    const Version bound = Version::parse(made_up_version(dice)).value().without_local();
    const Version version = Version::parse(made_up_version(dice)).value();
    const std::string text = bound.text();
    CAPTURE(round, text, version.text());
    REQUIRE(contains("==" + text, version) != contains("!=" + text, version));
    REQUIRE(contains("<=" + text, version) != (version.without_local() > bound));
    // The exclusive operators take nothing that the inclusive ones refuse, and never the version itself.
    if (contains("<" + text, version)) REQUIRE((contains("<=" + text, version) && !contains("==" + text, version)));
    if (contains(">" + text, version)) REQUIRE((contains(">=" + text, version) && !contains("==" + text, version)));
    if (contains("<" + text, version)) REQUIRE_FALSE(contains(">=" + text, version));
    // ~=X.Y is >=X.Y with ==X.*.
    if (bound.release().size() > 1) {
      std::string prefix = std::to_string(bound.epoch()) + "!";
      for (std::size_t i = 0; i + 1 < bound.release().size(); ++i) prefix += std::to_string(bound.release()[i]) + ".";
      REQUIRE(contains("~=" + text, version) == contains(">=" + text + ",==" + prefix + "*", version));
    }
  }
}
