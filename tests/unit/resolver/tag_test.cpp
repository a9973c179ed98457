#include "torchup/resolver/tag.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <set>

using torchup::parse_tag_target;
using torchup::SupportedTags;
using torchup::Tag;
using torchup::TagTarget;

namespace {

SupportedTags supported(std::string_view python, std::string_view platform) {
  return SupportedTags(parse_tag_target(python, platform).value());
}

/// The platforms of the interpreter's own ABI, which stand first.
std::vector<std::string> own_platforms(const SupportedTags& tags) {
  std::vector<std::string> platforms;
  for (const Tag& tag : tags.ranked()) {
    if (tag.python == tags.ranked().front().python && tag.abi == tags.ranked().front().abi) platforms.push_back(tag.platform);
  }
  return platforms;
}

/// Python and ABI tags in their order, without the platforms.
std::vector<std::string> kinds(const SupportedTags& tags) {
  std::vector<std::string> found;
  for (const Tag& tag : tags.ranked()) {
    const std::string kind = tag.python + "-" + tag.abi + (tag.platform == "any" ? "-any" : "");
    if (std::find(found.begin(), found.end(), kind) == found.end()) found.push_back(kind);
  }
  return found;
}

using Texts = std::vector<std::string>;

}  // namespace

// PEP 425, and the order in which the reference implementation ranks.
TEST_CASE("the interpreter's own ABI is best, any Python on any platform is last") {
  CHECK(kinds(supported("3.4", "win_amd64")) == Texts{"cp34-cp34m", "cp34-abi3", "cp34-none", "cp33-abi3", "cp32-abi3", "py34-none",
                                                      "py3-none", "py33-none", "py32-none", "py31-none", "py30-none", "cp34-none-any",
                                                      "py34-none-any", "py3-none-any", "py33-none-any", "py32-none-any", "py31-none-any",
                                                      "py30-none-any"});
  const auto tags = supported("3.12", "linux-x86_64");
  CHECK(tags.ranked().front().text() == "cp312-cp312-linux_x86_64");
  CHECK(tags.ranked().back().text() == "py30-none-any");
}

TEST_CASE("a build without the GIL has its own ABI and its own stable ABI") {
  const auto tags = supported("3.14t", "win_amd64");
  CHECK(tags.ranked()[0].text() == "cp314-cp314t-win_amd64");
  CHECK(tags.ranked()[1].text() == "cp314-abi3t-win_amd64");
  CHECK(tags.ranked()[2].text() == "cp314-none-win_amd64");
  CHECK_FALSE(tags.rank({"cp314", "abi3", "win_amd64"}).has_value());
  CHECK_FALSE(tags.rank({"cp314", "cp314", "win_amd64"}).has_value());
  CHECK_FALSE(supported("3.14", "win_amd64").rank({"cp314", "cp314t", "win_amd64"}).has_value());
}

// PEP 600.
TEST_CASE("on glibc the newest manylinux is best, with the legacy names beside theirs") {
  CHECK(own_platforms(supported("3.12", "manylinux_2_18_x86_64")) ==
        Texts{"linux_x86_64", "manylinux_2_18_x86_64", "manylinux_2_17_x86_64", "manylinux2014_x86_64", "manylinux_2_16_x86_64",
              "manylinux_2_15_x86_64", "manylinux_2_14_x86_64", "manylinux_2_13_x86_64", "manylinux_2_12_x86_64", "manylinux2010_x86_64",
              "manylinux_2_11_x86_64", "manylinux_2_10_x86_64", "manylinux_2_9_x86_64", "manylinux_2_8_x86_64", "manylinux_2_7_x86_64",
              "manylinux_2_6_x86_64", "manylinux_2_5_x86_64", "manylinux1_x86_64"});
  CHECK(own_platforms(supported("3.12", "manylinux_2_18_aarch64")) ==
        Texts{"linux_aarch64", "manylinux_2_18_aarch64", "manylinux_2_17_aarch64", "manylinux2014_aarch64"});
}

TEST_CASE("a glibc older than every manylinux, or a machine that has none, leaves plain Linux") {
  CHECK(own_platforms(supported("3.12", "manylinux_2_16_aarch64")) == Texts{"linux_aarch64"});
  CHECK(own_platforms(supported("3.12", "manylinux_2_28_mips")) == Texts{"linux_mips"});
}

// PEP 656.
TEST_CASE("on musl the newest musllinux is best, and there is no manylinux") {
  CHECK(own_platforms(supported("3.12", "musllinux_1_2_x86_64")) ==
        Texts{"linux_x86_64", "musllinux_1_2_x86_64", "musllinux_1_1_x86_64", "musllinux_1_0_x86_64"});
}

TEST_CASE("macOS counts by its first number since 11") {
  const auto platforms = own_platforms(supported("3.12", "macosx_12_3_arm64"));
  REQUIRE(platforms.size() == 17);
  CHECK(platforms[0] == "macosx_12_0_arm64");
  CHECK(platforms[1] == "macosx_12_0_universal2");
  CHECK(platforms[2] == "macosx_11_0_arm64");
  CHECK(platforms[3] == "macosx_11_0_universal2");
  CHECK(platforms[4] == "macosx_10_16_universal2");
  CHECK(platforms.back() == "macosx_10_4_universal2");
  const auto intel = own_platforms(supported("3.12", "macosx_10_5_x86_64"));
  CHECK(intel == Texts{"macosx_10_5_x86_64", "macosx_10_5_intel", "macosx_10_5_fat64", "macosx_10_5_fat3", "macosx_10_5_universal2",
                       "macosx_10_5_universal", "macosx_10_4_x86_64", "macosx_10_4_intel", "macosx_10_4_fat64", "macosx_10_4_fat3",
                       "macosx_10_4_universal2", "macosx_10_4_universal"});
  CHECK(supported("3.12", "macosx_11_0_x86_64").rank({"cp312", "cp312", "macosx_10_9_x86_64"}).has_value());
}

TEST_CASE("machines have the name that each system gives them") {
  CHECK(own_platforms(SupportedTags({.python_minor = 12, .system = "windows", .machine = "x86_64"})) == Texts{"win_amd64"});
  CHECK(own_platforms(SupportedTags({.python_minor = 12, .system = "windows", .machine = "aarch64"})) == Texts{"win_arm64"});
  CHECK(own_platforms(SupportedTags({.python_minor = 12, .system = "windows", .machine = "x86"})) == Texts{"win32"});
  CHECK(own_platforms(SupportedTags({.python_minor = 12, .system = "macos", .machine = "aarch64", .libc_major = 11})).front() ==
        "macosx_11_0_arm64");
}

TEST_CASE("a host of which nothing is known still takes pure Python wheels") {
  TagTarget target;
  target.python_minor = 12;
  const SupportedTags tags(target);
  CHECK(tags.rank({"py3", "none", "any"}).has_value());
  CHECK(tags.ranked().front().text() == "cp312-none-any");
}

TEST_CASE("PyPy takes no CPython wheel") {
  const SupportedTags tags({.implementation = "pypy", .python_minor = 10, .system = "windows", .machine = "amd64"});
  CHECK(tags.rank({"pp3", "none", "any"}).has_value());
  CHECK_FALSE(tags.rank({"cp310", "cp310", "win_amd64"}).has_value());
}

TEST_CASE("numbers that no host has do not make a long list") {
  const SupportedTags linux(
      {.python_minor = 4000000000U, .system = "linux", .machine = "x86_64", .libc_major = 4000000000U, .libc_minor = 4000000000U});
  const SupportedTags macos({.python_minor = 4000000000U, .system = "macos", .machine = "arm64", .libc_major = 4000000000U});
  CHECK(linux.ranked().size() < 100'000);
  CHECK(macos.ranked().size() < 100'000);
}

TEST_CASE("no tag is ranked twice") {
  const auto tags = supported("3.12", "macosx_14_0_x86_64").ranked();
  CHECK(std::set<Tag>(tags.begin(), tags.end()).size() == tags.size());
}

TEST_CASE("what is no Python or no platform is refused") {
  CHECK(parse_tag_target("3", "linux-x86_64").error().message == "`3` is not a Python version");
  CHECK(parse_tag_target("3.12x", "linux-x86_64").error().message == "`3.12x` is not a Python version");
  const auto platform = GENERATE("", "linux", "solaris-sparc", "manylinux_2_x86_64", "manylinux_2_28_", "macosx_14_arm64", "win_x86");
  CHECK(parse_tag_target("3.12", platform).error().message == std::string("`") + platform + "` is not a platform");
}
