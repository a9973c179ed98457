#include "torchup/resolver/version_set.hpp"

#include <catch2/catch.hpp>

using torchup::SpecifierSet;
using torchup::Version;
using torchup::VersionBound;
using torchup::VersionSet;

namespace {

Version version(std::string_view text) { return Version::parse(text).value(); }

VersionSet set_of(std::string_view text) { return VersionSet::of(SpecifierSet::parse(text).value()); }

bool contains(std::string_view specifiers, std::string_view candidate) { return set_of(specifiers).contains(version(candidate)); }

}  // namespace

TEST_CASE("an equal specifier takes the version's local builds, unless it names one (PEP 440, version matching)") {
  CHECK(contains("==2.9.1", "2.9.1+cu130"));
  CHECK_FALSE(contains("==2.9.1", "2.9.1.post1"));
  CHECK_FALSE(contains("==2.9.1", "2.9.1rc1"));
  CHECK(contains("==2.9.1+cu130", "2.9.1+cu130"));
  CHECK_FALSE(contains("==2.9.1+cu130", "2.9.1"));
  CHECK_FALSE(contains("!=2.9.1", "2.9.1+cpu"));
}

TEST_CASE("exclusive comparisons leave out the version's own family (PEP 440, exclusive ordered comparison)") {
  CHECK_FALSE(contains(">1.0", "1.0.post1"));
  CHECK_FALSE(contains(">1.0", "1.0+local"));
  CHECK(contains(">1.0", "1.0.0.1.dev0"));
  CHECK(contains(">1.0.post1", "1.0.post2"));
  CHECK_FALSE(contains(">1.0.post1", "1.0.post1+local"));
  CHECK_FALSE(contains("<1.0", "1.0rc1"));
  CHECK_FALSE(contains("<1.0", "1.0.dev0"));
  CHECK(contains("<1.0rc1", "1.0b9"));
}

TEST_CASE("a prefix takes everything whose release starts so, padded with zeros") {
  CHECK(contains("==1.4.*", "1.4"));
  CHECK(contains("==1.4.*", "1.4.dev0"));
  CHECK(contains("==1.4.0.*", "1.4"));
  CHECK(contains("==1.4.*", "1.4.99.post3+x"));
  CHECK_FALSE(contains("==1.4.*", "1.5.dev0"));
  CHECK(contains("==1.18446744073709551615.*", "1.18446744073709551615.3"));
  CHECK_FALSE(contains("==1.18446744073709551615.*", "2.dev0"));
}

TEST_CASE("a compatible release keeps all but the last number") {
  CHECK(contains("~=1.4.2", "1.4.9"));
  CHECK_FALSE(contains("~=1.4.2", "1.4.1"));
  CHECK_FALSE(contains("~=1.4.2", "1.5.dev0"));
  CHECK(contains("~=1.4", "1.99"));
}

TEST_CASE("text that is no version after === matches nothing") {
  CHECK(set_of("===frog").empty());
  CHECK(contains("===1.0", "1.0"));
}

TEST_CASE("places with no version between them are equal, so that ranges that touch are joined") {
  const auto place = [](VersionBound::Place kind, std::string_view text) { return VersionBound{kind, version(text)}; };
  CHECK(place(VersionBound::Place::before_dev, "1.0") == place(VersionBound::Place::at, "1.0.dev0"));
  CHECK(place(VersionBound::Place::after_locals, "1.0") == place(VersionBound::Place::at, "1.0.post0.dev0"));
  CHECK(place(VersionBound::Place::after_locals, "1.0.dev3") == place(VersionBound::Place::at, "1.0.dev4"));
  CHECK(place(VersionBound::Place::after_posts, "1.0a1") == place(VersionBound::Place::at, "1.0a2.dev0"));
  CHECK(place(VersionBound::Place::after_locals, "1.0") < place(VersionBound::Place::after_posts, "1.0"));
  CHECK(place(VersionBound::Place::at, "0.dev0") == VersionBound{VersionBound::Place::before_all});

  CHECK(set_of("==1.4.*").united(set_of("==1.5.*")).ranges().size() == 1);
  CHECK(set_of("<=1.0").united(set_of(">1.0")).is_all() == false);  // 1.0.post1 is in neither
  CHECK(set_of("<1.5").united(set_of(">=1.5.dev0")).is_all());
}

TEST_CASE("a number at the end of its range has places after it") {
  const auto last = version("1.0.dev18446744073709551615");
  const VersionBound after{VersionBound::Place::after_locals, last};
  CHECK(VersionBound{VersionBound::Place::at, last, true} < after);
  CHECK(after < VersionBound{VersionBound::Place::at, version("1.0a0")});
  CHECK(contains("<=1.0.post18446744073709551615", "1.0.post18446744073709551615+x"));
}

TEST_CASE("subset and disjointness agree with the algebra") {
  CHECK(set_of(">=2,<3").subset_of(set_of(">=1")));
  CHECK_FALSE(set_of(">=1").subset_of(set_of(">=2,<3")));
  CHECK(set_of("<2").disjoint_from(set_of(">=2")));
  CHECK_FALSE(set_of("<=2").disjoint_from(set_of(">=2")));
  CHECK(VersionSet::none().subset_of(set_of("==1")));
  CHECK(set_of("==1").subset_of(VersionSet::all()));
}

TEST_CASE("a pin is one version, whatever its local builds") {
  CHECK(set_of("==1.0").is_pin());
  CHECK(set_of("==1.0+cpu").is_pin());
  CHECK(set_of(">=1.0,<=1.0").is_pin());
  CHECK_FALSE(set_of("==1.0.*").is_pin());
  CHECK_FALSE(set_of(">=1.0").is_pin());
  CHECK_FALSE(VersionSet::none().is_pin());
}

TEST_CASE("the text is what a person would write") {
  CHECK(set_of("").text() == "*");
  CHECK(VersionSet::none().text() == "none");
  CHECK(set_of("<3,>=2.0").text() == ">=2.0,<3");
  CHECK(set_of("==1.4").text() == "==1.4");
  CHECK(set_of("==1.4.*").text() == "==1.4.*");
  CHECK(set_of("~=1.4.2").text() == ">=1.4.2,<1.5");
  CHECK(set_of("~=1!2.4").text() == ">=1!2.4,<1!3");
  CHECK(set_of(">=1,<3,!=2.0").text() == ">=1,<3,!=2.0");
  CHECK(set_of("!=1.5").text() == "!=1.5");
  CHECK(set_of("!=1.5.*").text() == "!=1.5.*");
  CHECK(set_of(">1,<=2").text() == ">1,<=2");
  CHECK(set_of("==1").united(set_of("==3")).text() == "==1 | ==3");
}
