#include "src/index/core_metadata.hpp"

#include <catch2/catch.hpp>

using namespace torchup;

namespace {

Result<WheelMetadata> read(const std::string& text) {
  return parse_core_metadata(text, *PackageName::parse("demo-pkg"), *Version::parse("1.0+cpu"));
}

std::string refusal(const std::string& text) {
  const auto got = read(text);
  return got ? "accepted" : got.error().message;
}

std::string refused(const std::string& why) { return "the METADATA of `demo-pkg` 1.0+cpu is malformed: " + why; }

const std::string k_head = "Metadata-Version: 2.1\nName: Demo.Pkg\nVersion: 1.0+CPU\n";

}  // namespace

TEST_CASE("METADATA gives requirements, extras and Python versions, up to the description") {
  const auto got = read(
      k_head +
      "Requires-Python: >=3.10\nrequires-dist: a>=1\nRequires-Dist: b (<2) ; extra == 'x'\nProvides-Extra: X_y\n\nRequires-Dist: no\n");
  REQUIRE(got);
  REQUIRE(got->requires_dist.size() == 2);
  CHECK(got->requires_dist[0].text() == "a>=1");
  CHECK(got->requires_dist[1].name.text() == "b");
  CHECK(got->requires_python == ">=3.10");
  CHECK(got->provides_extra == std::vector<PackageName>{*PackageName::parse("x-y")});
}

TEST_CASE("a line of blanks inside a folded licence does not end the fields") {
  const auto got = read(k_head + "License: first\n        \n        second\nRequires-Dist: a\n\nRequires-Dist: no\n");
  REQUIRE(got);
  REQUIRE(got->requires_dist.size() == 1);
  CHECK(got->requires_dist[0].text() == "a");
}

TEST_CASE("folded lines, other line ends and a byte order mark are read") {
  const auto got = read(
      "\xef\xbb\xbf"
      "Name: demo-pkg\r\nVersion: 1.0+cpu\r\nRequires-Dist: a\r\n\t>=1,\r\n <2\r\n");
  REQUIRE(got);
  CHECK(got->requires_dist.at(0).text() == "a<2,>=1");
}

TEST_CASE("METADATA of something else, or broken, is refused with the reason") {
  CHECK(refusal("Name: other\nVersion: 1.0+cpu\n") == refused("its Name is `other`"));
  CHECK(refusal("Name: demo-pkg\nVersion: 1.0\n") == refused("its Version is `1.0`"));
  CHECK(refusal(k_head + "Name: demo-pkg\n") == refused("its Name is `demo-pkg`"));
  CHECK(refusal("Name: demo-pkg\n") == refused("Name or Version is missing"));
  CHECK(refusal("") == refused("Name or Version is missing"));
  CHECK(refusal(" folded\n") == refused("it begins with a continued line"));
  CHECK(refusal(k_head + "no field\n") == refused("`no field` is no field"));
  CHECK_THAT(refusal(k_head + "Requires-Dist: ==1\n"), Catch::StartsWith(refused("`==1` is no requirement: ")));
  std::string many = k_head;
  for (int i = 0; i < 20'001; ++i) many += "X: y\n";
  CHECK(refusal(many) == refused("it has too many fields"));
  CHECK(refusal(k_head + "\n" + std::string(k_metadata_limit, 'x')) == refused("it is too large"));
}
