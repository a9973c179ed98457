#include "torchup/resolver/version.hpp"

#include <catch2/catch.hpp>

#include <utility>
#include <vector>

using torchup::Version;

namespace {

Version version(std::string_view text) { return Version::parse(text).value(); }

}  // namespace

// PEP 440, "Normalization".
TEST_CASE("each spelling of a version has one normal form") {
  const auto [written, normal] = GENERATE(table<const char*, const char*>({
      {"1.0", "1.0"},
      {"v1.0", "1.0"},
      {" \t\n\r\f\v1.0 \n", "1.0"},
      {"1.0.0", "1.0.0"},
      {"01.002", "1.2"},
      {"1!2.0", "1!2.0"},
      {"0!2.0", "2.0"},
      {"1.1RC1", "1.1rc1"},
      {"1.1-a1", "1.1a1"},
      {"1.1.a1", "1.1a1"},
      {"1.1a.1", "1.1a1"},
      {"1.1a-1", "1.1a1"},
      {"1.1alpha1", "1.1a1"},
      {"1.1beta2", "1.1b2"},
      {"1.1c3", "1.1rc3"},
      {"1.1pre3", "1.1rc3"},
      {"1.1-preview_3", "1.1rc3"},
      {"1.2a", "1.2a0"},
      {"1.2a.", "1.2a0"},
      {"1.2.post-2", "1.2.post2"},
      {"1.2-post2", "1.2.post2"},
      {"1.2post", "1.2.post0"},
      {"1.0-r4", "1.0.post4"},
      {"1.0rev4", "1.0.post4"},
      {"1.0-1", "1.0.post1"},
      {"1.0a--1", "1.0a0.post1"},
      {"1.2-dev2", "1.2.dev2"},
      {"1.2dev", "1.2.dev0"},
      {"1.0+Ubuntu-1", "1.0+ubuntu.1"},
      {"1.0+007", "1.0+7"},
      {"1.0+a_b-c.d", "1.0+a.b.c.d"},
      {"V1!1.2.3-RC.4-r5.DEV_6+CU130", "1!1.2.3rc4.post5.dev6+cu130"},
  }));
  CAPTURE(written);
  CHECK(version(written).text() == normal);
  CHECK(version(normal).text() == normal);
}

TEST_CASE("what is no version is refused, with the value in the message") {
  const auto text =
      GENERATE("", " ", "v", "1.", ".1", "1..0", "1.0x", "1.0+", "1.0+a..b", "1.0+.a", "1.0+a.", "1.0+a+b", "1.0 0", "1!", "!1", "1!2!3",
               "1.0.*", "1.0-", "1.0--1", "1.0a1b1", "1.0.dev1.post1", "1.0dev1a1", "a1", "2.9.1+cu130 ~", "٣.1");
  const auto result = Version::parse(text);
  REQUIRE_FALSE(result.has_value());
  CHECK(result.error().kind == torchup::ErrorKind::usage);
  CHECK(result.error().message == std::string("`") + text + "` is not a version");
}

TEST_CASE("a version's numbers stay below 2^64 and its text below 257 bytes") {
  CHECK(version("18446744073709551615").release().front() == 18446744073709551615U);
  CHECK_FALSE(Version::parse("18446744073709551616").has_value());
  CHECK_FALSE(Version::parse("1.0a18446744073709551616").has_value());
  CHECK_FALSE(Version::parse("1.0+18446744073709551616").has_value());
  CHECK(Version::parse("1." + std::string(254, '0')).has_value());
  const auto result = Version::parse("1." + std::string(255, '0'));
  REQUIRE_FALSE(result.has_value());
  CHECK(result.error().message == "the version `1." + std::string(78, '0') + "…` is longer than 256 bytes");
}

// PEP 440, "Summary of permitted suffixes and relative ordering", and "Local version identifiers".
TEST_CASE("versions stand in PEP 440's order") {
  const std::vector<const char*> ascending{
      "0.9",         "1.0.dev1",      "1.0.dev2",   "1.0a1.dev1", "1.0a1",       "1.0a1.post1.dev1",
      "1.0a1.post1", "1.0b1.dev1",    "1.0b1",      "1.0rc1",     "1.0rc2",      "1.0",
      "1.0+cpu",     "1.0+cu126",     "1.0+cu130",  "1.0+cu92",   "1.0+rocm6.4", "1.0+xpu",
      "1.0+xpu.1",   "1.0+1",         "1.0+1.a",    "1.0+1.0",    "1.0+2",       "1.0.post1.dev1",
      "1.0.post1",   "1.0.post1+abc", "1.0.post10", "1.0.1",      "1.1.dev1",    "1.10",
      "2",           "1!0.1.dev1",    "1!0.1",      "2!0.0.1",
  };
  for (std::size_t i = 0; i < ascending.size(); ++i) {
    for (std::size_t j = 0; j < ascending.size(); ++j) {
      CAPTURE(ascending[i], ascending[j]);
      CHECK((version(ascending[i]) <=> version(ascending[j])) == (i <=> j));
    }
  }
}

TEST_CASE("trailing zeros of the release do not count") {
  CHECK(version("1") == version("1.0.0"));
  CHECK(version("1.0a1") == version("1a1"));
  CHECK(version("1.0") < version("1.0.0.1"));
}

TEST_CASE("a pre-release is one that has a pre or a dev part") {
  CHECK(version("1.0a1").is_prerelease());
  CHECK(version("1.0.post1.dev1").is_prerelease());
  CHECK_FALSE(version("1.0.post1").is_prerelease());
  CHECK_FALSE(version("1.0+cu130").is_prerelease());
}

TEST_CASE("the parts of a version can be read, and its local part left out") {
  const Version full = version("1!2.3rc4.post5.dev6+cu130.7");
  CHECK(full.epoch() == 1);
  CHECK(full.release() == std::vector<std::uint64_t>{2, 3});
  CHECK(full.pre() == Version::Pre{Version::PreKind::candidate, 4});
  CHECK(full.post() == 5U);
  CHECK(full.dev() == 6U);
  CHECK(full.local_text() == "cu130.7");
  CHECK(full.without_local().text() == "1!2.3rc4.post5.dev6");
}
