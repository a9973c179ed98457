#include "torchup/resolver/wheel_name.hpp"

#include <catch2/catch.hpp>

using torchup::parse_tag_target;
using torchup::SupportedTags;
using torchup::WheelName;

namespace {

WheelName wheel(std::string_view filename) { return WheelName::parse(filename).value(); }

std::string refusal(std::string_view filename) { return WheelName::parse(filename).error().message; }

}  // namespace

TEST_CASE("a wheel's name tells package, version, build and tags") {
  const WheelName name = wheel("Typing.Extensions-2.9.1+CU130-3b-cp312-cp312-manylinux_2_28_x86_64.whl");
  CHECK(name.name.text() == "typing-extensions");
  CHECK(name.version.text() == "2.9.1+cu130");
  CHECK(name.build == std::pair<std::uint64_t, std::string>{3, "b"});
  REQUIRE(name.tags.size() == 1);
  CHECK(name.tags.front().text() == "cp312-cp312-manylinux_2_28_x86_64");
}

// PEP 425, "Compressed Tag Sets".
TEST_CASE("compressed tags stand for every combination, in lower case") {
  const WheelName name = wheel("a-1-py2.PY3-none-manylinux1_x86_64.linux_x86_64.whl");
  std::vector<std::string> tags;
  for (const auto& tag : name.tags) tags.push_back(tag.text());
  CHECK(tags == std::vector<std::string>{"py2-none-manylinux1_x86_64", "py2-none-linux_x86_64", "py3-none-manylinux1_x86_64",
                                         "py3-none-linux_x86_64"});
}

TEST_CASE("build tags sort by number, and none is lowest") {
  const auto build = [](std::string_view tag) { return wheel("torch-2.10.0-" + std::string(tag) + "cp312-cp312-linux_x86_64.whl").build; };
  CHECK(build("") < build("0-"));
  CHECK(build("2-") < build("3-"));
  CHECK(build("9-") < build("10-"));
  CHECK(build("3-") < build("3a-"));
}

TEST_CASE("the best of a wheel's tags decides its rank") {
  const SupportedTags supported(parse_tag_target("3.12", "linux-x86_64").value());
  const auto rank = [&](std::string_view filename) { return wheel(filename).rank(supported); };
  CHECK(rank("a-1-cp312-cp312-manylinux_2_28_x86_64.whl") == supported.rank({"cp312", "cp312", "manylinux_2_28_x86_64"}));
  CHECK(rank("a-1-py2.py3-none-any.whl") == supported.rank({"py3", "none", "any"}));
  CHECK(rank("a-1-cp311.cp312-abi3-manylinux_2_17_x86_64.manylinux2014_x86_64.whl") ==
        supported.rank({"cp312", "abi3", "manylinux_2_17_x86_64"}));
  CHECK(rank("a-1-cp312-cp312-manylinux_2_28_x86_64.whl") < rank("a-1-cp312-cp312-manylinux_2_17_x86_64.whl"));
  CHECK(rank("a-1-cp312-cp312-manylinux_2_17_x86_64.whl") < rank("a-1-cp312-abi3-manylinux_2_28_x86_64.whl"));
  CHECK_FALSE(rank("a-1-cp312-cp312-manylinux_2_29_x86_64.whl").has_value());
  CHECK_FALSE(rank("a-1-cp312-cp312t-manylinux_2_28_x86_64.whl").has_value());
  CHECK_FALSE(rank("a-1-cp312-cp312-win_amd64.whl").has_value());
}

TEST_CASE("what is no wheel's name is refused with the reason") {
  const auto [filename, reason] = GENERATE(table<const char*, const char*>({
      {"a-1-py3-none-any.zip", "it does not end with `.whl`"},
      {"a-1.tar.gz", "it does not end with `.whl`"},
      {"a-1-py3-none.whl", "5 or 6 parts are joined by `-`, not 4"},
      {"a-1-2-3-py3-none-any.whl", "5 or 6 parts are joined by `-`, not 7"},
      {"-1-py3-none-any.whl", "`` is not a package name"},
      {"_a-1-py3-none-any.whl", "`_a` is not a package name"},
      {"a__b-1-py3-none-any.whl", "the name `a__b` has `__`"},
      {"a-one-py3-none-any.whl", "`one` is not a version"},
      {"a-1-b2-py3-none-any.whl", "the build tag `b2` does not begin with a number below 2^64"},
      {"a-1-18446744073709551616-py3-none-any.whl", "the build tag `18446744073709551616` does not begin with a number below 2^64"},
      {"a-1-py3-none-any-cu130.whl", "the build tag `py3` does not begin with a number below 2^64"},
      {"a-1-3py-none-any.whl", "`3py` is not a Python tag"},
      {"a-1-py2..py3-none-any.whl", "a tag is empty"},
      {"a-1-py3--any.whl", "a tag is empty"},
      {"../a-1-py3-none-any.whl", "it has white space, a slash, a backslash or a control character"},
      {"a-1-py3-none-any .whl", "it has white space, a slash, a backslash or a control character"},
  }));
  CHECK(refusal(filename) == std::string("`") + filename + "` is not a wheel's name: " + reason);
}

TEST_CASE("a name that stands for too many tags, or is too long, is refused") {
  const auto many = [](int count) {
    std::string text = "x";
    for (int i = 1; i < count; ++i) text += ".x";
    return text;
  };
  CHECK(WheelName::parse("a-1-" + many(16) + "-" + many(16) + "-" + many(16) + ".whl").has_value());
  CHECK(refusal("a-1-" + many(17) + "-" + many(16) + "-" + many(16) + ".whl").ends_with("it stands for more than 4096 tags"));
  CHECK(refusal(std::string(1025, 'a')).ends_with("…` is not a wheel's name: it is longer than 1024 bytes"));
}
