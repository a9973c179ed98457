#include "src/requirement_files.hpp"

#include <catch2/catch.hpp>

#include <map>

using namespace torchup;

namespace {

ReadFile files(std::map<std::string, std::string> texts) {
  return [texts = std::move(texts)](const std::string& path) -> Result<std::string> {
    const auto at = texts.find(path);
    if (at == texts.end()) return failure({ErrorKind::usage, "cannot read `" + path + "`", {}, {}});
    return at->second;
  };
}

}  // namespace

TEST_CASE("comments, continued lines and nested files are read") {
  RequirementList list;
  const auto read = files({{"a/req.txt", "# top\ntorch>=2 \\\n ,<3  # why\r\n\n-r more/b.txt\n-c limits.txt\n"},
                           {"a/more/b.txt", "--requirement=c.txt\n"},
                           {"a/more/c.txt", "numpy"},
                           {"a/limits.txt", "sympy<2\n"}});
  REQUIRE(add_requirements_file(list, "a/req.txt", read).has_value());
  REQUIRE(list.requirements.size() == 2);
  CHECK(list.requirements[0].text() == "torch<3,>=2");
  CHECK(list.requirements[1].text() == "numpy");
  REQUIRE(list.constraints.size() == 1);
  CHECK(list.constraints[0].text() == "sympy<2");
}

TEST_CASE("an option that is not supported is refused with file and line") {
  RequirementList list;
  const auto refused = add_requirements_file(list, "r.txt", files({{"r.txt", "numpy\n-e .\n"}}));
  REQUIRE_FALSE(refused.has_value());
  CHECK(refused.error().message == "the option `-e` is not supported in a requirements file");
  CHECK(refused.error().context == std::vector<std::string>{"while reading `r.txt`, line 2"});
}

TEST_CASE("a file that includes itself ends with a message") {
  RequirementList list;
  const auto refused = add_requirements_file(list, "r.txt", files({{"r.txt", "-r r.txt\n"}}));
  REQUIRE_FALSE(refused.has_value());
  CHECK(refused.error().message == "`r.txt` is nested more than 16 files deep");
}
