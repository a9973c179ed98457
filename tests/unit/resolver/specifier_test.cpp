#include "torchup/resolver/specifier.hpp"

#include <catch2/catch.hpp>

using torchup::SpecifierSet;
using torchup::Version;

namespace {

bool contains(std::string_view specifiers, std::string_view version) {
  return SpecifierSet::parse(specifiers).value().contains(Version::parse(version).value());
}

std::string refusal(std::string_view text) { return SpecifierSet::parse(text).error().message; }

}  // namespace

TEST_CASE("ordered comparisons hold with the version itself, or without it") {
  CHECK(contains(">=2.0", "2.0"));
  CHECK(contains(">=2.0", "2.0+cu130"));
  CHECK(contains(">=2.0", "2.0.post1"));
  CHECK_FALSE(contains(">=2.0", "2.0rc1"));
  CHECK(contains("<=2.0", "2.0"));
  CHECK(contains("<=2.0", "2.0rc1"));
  CHECK_FALSE(contains("<=2.0", "2.0.post1"));
  CHECK_FALSE(contains(">2.0", "2.0"));
  CHECK_FALSE(contains("<2.0", "2.0"));
}

// PEP 440, "Inclusive ordered comparison": local versions are not considered.
TEST_CASE("a local build of the bound satisfies <=") { CHECK(contains("<=2.9.1", "2.9.1+cu130")); }

// PEP 440, "Exclusive ordered comparison".
TEST_CASE(">V takes no post-release and no local build of V") {
  CHECK_FALSE(contains(">1.7", "1.7.0.post1"));
  CHECK_FALSE(contains(">1.7", "1.7.post1.dev0"));
  CHECK_FALSE(contains(">1.7", "1.7+cu130"));
  CHECK_FALSE(contains(">1.7a1", "1.7a1.post1"));
  CHECK(contains(">1.7", "1.7.1"));
  CHECK(contains(">1.7a1", "1.7"));
  CHECK(contains(">1.7a1", "1.7.post1"));
  CHECK(contains(">1.7.post1", "1.7.post2"));
  CHECK(contains(">1.7.dev1", "1.7.post1"));
  CHECK_FALSE(contains(">1.7.post1", "1.7.post1+cpu"));
}

TEST_CASE("<V takes no pre-release of V, unless V is one") {
  CHECK_FALSE(contains("<3.1", "3.1.dev0"));
  CHECK_FALSE(contains("<3.1", "3.1.0rc1"));
  CHECK_FALSE(contains("<3.1", "3.1a1.post1"));
  CHECK(contains("<3.1", "3.0rc1"));
  CHECK(contains("<3.1rc1", "3.1a1"));
  CHECK(contains("<3.1.dev2", "3.1.dev1"));
  CHECK_FALSE(contains("<3.1.post1", "3.1.post1.dev1"));
  CHECK(contains("<3.1.post1", "3.1rc1"));
  CHECK(contains("<3.1.post1", "3.1a1.post1"));
  CHECK(contains("<3.1.post1", "3.1+cu130"));
}

// PEP 440, "Compatible release".
TEST_CASE("~= keeps all but the last number of the release") {
  CHECK(contains("~=2.2", "2.3"));
  CHECK_FALSE(contains("~=2.2", "3.0"));
  CHECK_FALSE(contains("~=2.2", "3.0.dev0"));
  CHECK_FALSE(contains("~=2.2", "2.1"));
  CHECK(contains("~=1.4.5", "1.4.9"));
  CHECK_FALSE(contains("~=1.4.5", "1.5"));
  CHECK(contains("~=2.2.0", "2.2.post1"));
  CHECK_FALSE(contains("~=2.2.post3", "2.2"));
  CHECK(contains("~=2.2.post3", "2.4"));
  CHECK(contains("~=2.2", "2.2+cu130"));
  CHECK_FALSE(contains("~=1!2.2", "2.3"));
}

// PEP 440, "Version matching" and "Version exclusion".
TEST_CASE("== and != compare versions, with the local part only where it is written") {
  CHECK(contains("==1.1", "1.1.0"));
  CHECK_FALSE(contains("==1.1", "1.1.post1"));
  CHECK_FALSE(contains("==1.1", "1.1a1"));
  CHECK(contains("==2.9.1", "2.9.1+cu130"));
  CHECK(contains("==2.9.1+cu130", "2.9.1+CU130"));
  CHECK_FALSE(contains("==2.9.1+cu130", "2.9.1"));
  CHECK_FALSE(contains("==2.9.1+cu130", "2.9.1+cu126"));
  CHECK_FALSE(contains("!=2.9.1", "2.9.1+cu130"));
  CHECK(contains("!=2.9.1+cu130", "2.9.1"));
}

TEST_CASE("==V.* matches a prefix of the release, zeros filled in") {
  CHECK(contains("==1.1.*", "1.1"));
  CHECK(contains("==1.1.*", "1.1.post1"));
  CHECK(contains("==1.1.*", "1.1a1"));
  CHECK(contains("==1.1.*", "1.1.dev1"));
  CHECK(contains("==1.1.*", "1.1.9+cu130"));
  CHECK(contains("==1.0.*", "1"));
  CHECK_FALSE(contains("==1.1.*", "1.10"));
  CHECK_FALSE(contains("==1.1.*", "1!1.1"));
  CHECK_FALSE(contains("!=1.1.*", "1.1.3"));
  CHECK(contains("!=1.1.*", "1.2"));
}

// PEP 440, "Arbitrary equality".
TEST_CASE("=== compares text with the version's normal form") {
  CHECK(contains("===1.0", "1.0"));
  CHECK(contains("===1.0RC1", "1.0rc1"));
  CHECK_FALSE(contains("===1", "1.0"));
  CHECK_FALSE(contains("===1.0", "1.0+cu130"));
  CHECK_FALSE(contains("===not-a-version", "1.0"));
}

TEST_CASE("every clause of a set has to hold") {
  CHECK(contains("", "1.0a1"));
  CHECK(contains(" >= 1.0 , != 1.5 ,", "1.4"));
  CHECK_FALSE(contains(">=1.0,!=1.5", "1.5"));
  CHECK_FALSE(contains(">=1.0,<2", "2"));
}

TEST_CASE("a set admits pre-releases where a clause names one") {
  const auto admits = [](std::string_view text) { return SpecifierSet::parse(text).value().admits_prereleases(); };
  CHECK(admits(">=1.0rc1"));
  CHECK(admits("==1.0.dev1"));
  CHECK(admits("<2,>=1.0a1"));
  CHECK(admits("===1.0a1"));
  CHECK_FALSE(admits(">=1.0"));
  CHECK_FALSE(admits("!=1.0a1"));
  CHECK_FALSE(admits("===unknown"));
  CHECK_FALSE(admits(""));
}

TEST_CASE("the canonical text is normal, sorted and without doubles") {
  const auto text = [](std::string_view written) { return SpecifierSet::parse(written).value().text(); };
  CHECK(text(" >= v2.0 , <3,,!=2.5.*, <3") == "!=2.5.*,<3,>=2.0");
  CHECK(text("=== Foo_1") == "===Foo_1");
  CHECK(text("==1.0-RC1+CU_130") == "==1.0rc1+cu.130");
  CHECK(text("") == "");
}

TEST_CASE("a malformed clause is refused with the rule that it breaks") {
  CHECK(refusal("2.0") == "`2.0` is not a version specifier: it begins with no operator");
  CHECK(SpecifierSet::parse("2.0").error().hints == std::vector<std::string>{"to ask for this version alone, write `==2.0`"});
  CHECK(SpecifierSet::parse("=2.0").error().hints == std::vector<std::string>{"to ask for this version alone, write `==2.0`"});
  CHECK(refusal("newest") == "`newest` is not a version specifier: it begins with no operator");
  CHECK(SpecifierSet::parse("newest").error().hints.empty());
  CHECK(refusal(">=2.0,>=x") == "`>=x` is not a version specifier: `x` is not a version");
  CHECK(refusal(">=") == "`>=` is not a version specifier: `` is not a version");
  CHECK(refusal(">=2.0 <3") == "`>=2.0 <3` is not a version specifier: `2.0 <3` is not a version");
  CHECK(refusal("~=2") == "`~=2` is not a version specifier: `~=` needs a release of at least two numbers");
  CHECK(refusal(">=2.*") == "`>=2.*` is not a version specifier: `.*` goes only with `==` and `!=`");
  CHECK(refusal("==2.0a1.*") ==
        "`==2.0a1.*` is not a version specifier: `.*` cannot follow a pre-release, a post-release, a developmental "
        "release or a local part");
  CHECK(refusal("==2.0+cpu.*").find("`.*` cannot follow") != std::string::npos);
  CHECK(refusal("==2 .*") == "`==2 .*` is not a version specifier: there is white space before `.*`");
  CHECK(refusal(">=2.0+cpu") == "`>=2.0+cpu` is not a version specifier: a local part goes only with `==` and `!=`");
  CHECK(refusal("~=2.0+cpu") == "`~=2.0+cpu` is not a version specifier: a local part goes only with `==` and `!=`");
  CHECK(refusal("===") == "`===` is not a version specifier: `===` needs a text without white space, `;` or `)`");
  CHECK(refusal("=== a b") == "`=== a b` is not a version specifier: `===` needs a text without white space, `;` or `)`");
  CHECK(refusal("(>=2)") == "`(>=2)` is not a version specifier: it begins with no operator");
}

TEST_CASE("a set of more than 4096 bytes is refused") {
  CHECK(refusal(std::string(5000, ',')) == "the version specifier `" + std::string(80, ',') + "…` is longer than 4096 bytes");
}
