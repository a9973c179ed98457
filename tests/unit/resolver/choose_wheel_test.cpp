#include "torchup/resolver/choose_wheel.hpp"

#include <catch2/catch.hpp>

using namespace torchup;

namespace {

const SupportedTags& supported() {
  static const SupportedTags tags(
      {.python_major = 3, .python_minor = 11, .system = "linux", .machine = "x86_64", .libc_major = 2, .libc_minor = 36});
  return tags;
}

}  // namespace

TEST_CASE("the most specific tag wins, whatever the order of the files") {
  CHECK(choose_wheel({"a-1-py3-none-any.whl", "a-1-cp311-cp311-manylinux_2_28_x86_64.whl"}, supported()) == 1U);
  CHECK(choose_wheel({"a-1-cp311-cp311-manylinux_2_28_x86_64.whl", "a-1-cp311-cp311-manylinux_2_17_x86_64.whl"}, supported()) == 0U);
}

TEST_CASE("the highest build wins among equal tags, and any build beats none") {
  CHECK(choose_wheel({"a-1-py3-none-any.whl", "a-1-2-py3-none-any.whl", "a-1-10-py3-none-any.whl"}, supported()) == 2U);
}

TEST_CASE("what is for another machine, Python or libc is passed over") {
  CHECK(choose_wheel({"a-1-cp311-cp311-manylinux_2_28_aarch64.whl", "a-1-cp312-cp312-manylinux_2_28_x86_64.whl",
                      "a-1-cp311-cp311-manylinux_2_39_x86_64.whl", "a-1.tar.gz", "garbage.whl"},
                     supported()) == std::nullopt);
}

TEST_CASE("the platform alone tells of most wheels that they cannot be taken, and never of one that can") {
  CHECK_FALSE(supported().may_take("a-1-cp311-cp311-macosx_11_0_arm64.whl"));
  CHECK_FALSE(supported().may_take("a-1-cp311-cp311-manylinux_2_28_x86_64"));
  CHECK(supported().may_take("a-1-cp311-cp311-win_amd64.manylinux_2_28_x86_64.whl"));
  CHECK(choose_wheel({"a-1-CP311-cp311-win_amd64.MANYLINUX_2_28_X86_64.whl"}, supported()) == 0U);
  for (const Tag& tag : supported().ranked()) CHECK(supported().may_take("a-1-" + tag.text() + ".whl"));
}
