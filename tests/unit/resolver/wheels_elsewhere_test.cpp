#include "torchup/resolver/wheels_elsewhere.hpp"

#include <catch2/catch.hpp>

using namespace torchup;

namespace {

std::string told(const std::vector<std::string>& tags, const char* platform = "linux-x86_64", const char* python = "3.12") {
  std::vector<std::string> names;
  for (const std::string& tag : tags) names.push_back("demo-1.0-" + tag + ".whl");
  return wheels_elsewhere(names, SupportedTags(parse_tag_target(python, platform).value()));
}

}  // namespace

TEST_CASE("the Pythons that there are wheels for on this platform, in runs") {
  CHECK(told({"cp310-cp310-manylinux_2_28_x86_64"}) == "Python 3.10");
  CHECK(told({"cp311-cp311-manylinux_2_28_x86_64", "cp310-cp310-manylinux_2_28_x86_64"}) == "Python 3.10 to 3.11");
  CHECK(told({"cp38-cp38-linux_x86_64", "cp310-cp310-linux_x86_64", "cp311-cp311-linux_x86_64"}) == "Python 3.8 and 3.10 to 3.11");
  CHECK(told({"cp313-cp313t-manylinux_2_28_x86_64", "cp313-cp313-manylinux_2_28_x86_64"}) == "Python 3.13 and 3.13t");
  CHECK(told({"cp37.cp39-none-manylinux1_x86_64"}) == "Python 3.7 and 3.9");
}

TEST_CASE("other platforms are told only where there is nothing for this one") {
  CHECK(told({"cp310-cp310-manylinux_2_28_x86_64", "cp312-cp312-win_amd64"}) == "Python 3.10");
  CHECK(told({"cp312-cp312-win_amd64", "cp312-cp312-macosx_14_0_arm64", "cp312-cp312-win_arm64"}) ==
        "macos-arm64, windows-arm64 and windows-x86_64");
  CHECK(told({"py3-none-manylinux_2_17_aarch64.manylinux2014_aarch64"}) == "linux-aarch64");
  CHECK(told({"py3-none-musllinux_1_2_x86_64"}) == "linux-x86_64 with musl");
  CHECK(told({"py3-none-manylinux_2_28_x86_64"}, "musllinux_1_2_x86_64") == "manylinux_2_28_x86_64");
}

TEST_CASE("a level that is too high for the target is told by its tag") {
  CHECK(told({"py3-none-manylinux_2_39_x86_64"}, "manylinux_2_28_x86_64") == "manylinux_2_39_x86_64");
  CHECK(told({"cp312-cp312-macosx_26_0_arm64"}, "macos-arm64") == "macosx_26_0_arm64");
}

TEST_CASE("a tag that people have no name for stays as it is, and a long list is cut") {
  CHECK(told({"py3-none-android_21_arm64_v8a"}) == "android_21_arm64_v8a");
  CHECK(told({"py3-none-a", "py3-none-b", "py3-none-c", "py3-none-d"}) == "a, b, c and d");
  CHECK(told({"py3-none-a", "py3-none-b", "py3-none-c", "py3-none-d", "py3-none-e"}) == "a, b, c and 2 others");
}

TEST_CASE("what is no wheel, or for no CPython, tells nothing") {
  CHECK(told({}).empty());
  CHECK(told({"pp310-pypy310_pp73-manylinux_2_28_x86_64"}).empty());
  CHECK(wheels_elsewhere({"demo.whl", "demo-1.0.tar.gz", "", "a-b.whl"}, SupportedTags(parse_tag_target("3.12", "linux-x86_64").value()))
            .empty());
}
