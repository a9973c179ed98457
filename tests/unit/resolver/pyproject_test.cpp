#include "torchup/resolver/requirement_files.hpp"

#include <catch2/catch.hpp>

using namespace torchup;

namespace {

using Strings = std::vector<std::string>;

Result<RequirementList> read(const std::string& toml, const PyprojectWish& wish) {
  RequirementList list;
  TORCHUP_TRY(add_pyproject(list, toml, "pyproject.toml", wish));
  return list;
}

Strings wanted(const std::string& toml, const PyprojectWish& wish = {}) {
  const auto list = read(toml, wish);
  INFO((list ? "" : list.error().message));
  REQUIRE(list.has_value());
  Strings texts;
  for (const auto& one : list->requirements) texts.push_back(one.text());
  return texts;
}

Error refusal(const std::string& toml, const PyprojectWish& wish = {}) {
  const auto list = read(toml, wish);
  REQUIRE_FALSE(list.has_value());
  CHECK(list.error().kind == ErrorKind::usage);
  CHECK(list.error().context.back() == "while reading `pyproject.toml`");
  return list.error();
}

PyprojectWish extras(Strings names) { return {.extras = std::move(names)}; }
PyprojectWish groups(Strings names) { return {.project = false, .groups = std::move(names)}; }

const std::string k_project = R"([project]
name = "Demo.App"
requires-python = ">=3.10"
dependencies = ["torch>=2", "numpy ; os_name == 'posix'"]
[project.optional-dependencies]
Fast_Path = ["six"]
docs = ["sphinx", "demo-app[fast.path] ; os_name == 'nt'"]
all = ["demo_app[docs,fast-path]"]
)";

}  // namespace

TEST_CASE("a project asks for its dependencies under its Pythons") {
  const auto list = read(k_project, {});
  REQUIRE(list.has_value());
  REQUIRE(list->pythons.size() == 1);
  CHECK(list->pythons[0].versions.text() == ">=3.10");
  CHECK(list->pythons[0].where == "`requires-python` of `pyproject.toml`");
  CHECK(wanted(k_project) == Strings{"torch>=2", "numpy ; os_name == \"posix\""});
  CHECK(wanted("[project]\nname = 'x'").empty());
}

TEST_CASE("extras are found by their normalised names") {
  CHECK(wanted(k_project, extras({"FAST-path"})) == Strings{"torch>=2", "numpy ; os_name == \"posix\"", "six"});
}

TEST_CASE("the project's own extras stand for what they list, under both markers") {
  CHECK(wanted(k_project, extras({"docs"})) == Strings{"torch>=2", "numpy ; os_name == \"posix\"", "sphinx", "six ; os_name == \"nt\""});
  CHECK(wanted(k_project, extras({"all"})).size() == 5);
  CHECK(wanted(
            "[project]\nname='d'\n[project.optional-dependencies]\na=[\"d[b] ; os_name=='x'\"]\nb=[\"six ; os_name=='y' or os_name=='z'\"]",
            extras({"a"})) == Strings{"six ; os_name == \"x\" and (os_name == \"y\" or os_name == \"z\")"});
}

TEST_CASE("extras that name one another in a circle end") {
  CHECK(wanted("[project]\nname='d'\n[project.optional-dependencies]\na=['six','d[b]']\nb=['numpy','d[a]']", extras({"a", "b"})) ==
        Strings{"six", "numpy"});
}

TEST_CASE("every extra at once") {
  CHECK(wanted(k_project, {.all_extras = true}).size() == 5);
  CHECK(wanted("[project]\nname='d'", {.all_extras = true}).empty());
}

TEST_CASE("an extra that is missing is refused with those that are there") {
  const Error error = refusal(k_project, extras({"doc"}));
  CHECK(error.message == "the project has no extra `doc`");
  CHECK(error.hints == Strings{"there are `docs`, `all`, `fast-path`"});
  CHECK(refusal("[project]\nname='d'", extras({"x"})).hints.empty());
  CHECK(refusal("[project]\nname='d'\n[project.optional-dependencies]\na=['d[c]']", extras({"a"})).message ==
        "the project has no extra `c`");
}

TEST_CASE("two extras with one normalised name are refused") {
  CHECK(refusal("[project]\nname='d'\n[project.optional-dependencies]\na_b=[]\na-b=[]").message == "two extras have one name, `a-b`");
}

TEST_CASE("what only a build knows is refused") {
  CHECK(refusal("[project]\nname='d'\ndynamic=['version','dependencies']").message ==
        "`project.dependencies` is dynamic: only a build of the project knows them");
  CHECK(wanted("[project]\nname='d'\ndynamic=['version','optional-dependencies']\ndependencies=['six']") == Strings{"six"});
  const char* message = "`project.optional-dependencies` is dynamic: only a build of the project knows its extras";
  CHECK(refusal("[project]\nname='d'\ndynamic=['optional-dependencies']", extras({"x"})).message == message);
  CHECK(refusal("[project]\nname='d'\ndynamic=['optional-dependencies']", {.all_extras = true}).message == message);
  CHECK(refusal("[project]\nname='d'\ndynamic=['dependencies']\ndependencies=[]").message ==
        "`project.dependencies` is given and dynamic, too");
}

TEST_CASE("a file without a project says what it has instead") {
  CHECK(refusal("").message == "there is no table `project`");
  CHECK(refusal("[dependency-groups]\na=[]").hints == Strings{"`--group NAME` without -r reads a dependency group alone"});
  CHECK(refusal("[tool.poetry.dependencies]\nsix='1'").hints ==
        Strings{"dependencies under `tool.poetry` are not read: move them to `project.dependencies`"});
}

TEST_CASE("broken values name their key") {
  CHECK(refusal("[project").message.starts_with("the file is not valid TOML at line 1, column "));
  CHECK(refusal("[\x17").message.starts_with("the file is not valid TOML at line 1, column 2: "));
  CHECK(refusal("project = 1").message == "`project` must be a table, not an integer");
  CHECK(refusal("[project]").message == "`project.name` is missing");
  CHECK(refusal("[project]\nname=1").message == "`project.name` must be a string, not an integer");
  CHECK(refusal("[project]\nname='-'").message.starts_with("`project.name` cannot be read: "));
  CHECK(refusal("[project]\nname='d'\ndependencies='six'").message == "`project.dependencies` must be an array, not a string");
  CHECK(refusal("[project]\nname='d'\ndependencies=['six',2]").message == "`project.dependencies[1]` must be a string, not an integer");
  CHECK(refusal("[project]\nname='d'\ndependencies=['six','a b']").message.starts_with("`project.dependencies[1]` is no requirement: "));
  CHECK(refusal("[project]\nname='d'\ndependencies=['six @ https://index.example/s.whl']").message ==
        "`project.dependencies[0]` asks for `six` by a URL, and only wheels of an index are installed");
  CHECK(refusal("[project]\nname='d'\nrequires-python='3'").message.starts_with("`project.requires-python` cannot be read: "));
  CHECK(refusal("[project]\nname='d'\noptional-dependencies=[]").message ==
        "`project.optional-dependencies` must be a table, not an array");
  CHECK(refusal("[project]\nname='d'\noptional-dependencies={x=1}").message ==
        "`project.optional-dependencies.x` must be an array, not an integer");
}

TEST_CASE("a group stands alone, includes in their places") {
  const std::string sound = "[dependency-groups]\ntest=['pytest',{include-group='Type_Check'},'six']\ntype-check=['mypy']\n";
  CHECK(wanted(sound, groups({"TEST"})) == Strings{"pytest", "mypy", "six"});
  CHECK(wanted(sound, groups({"type_check", "test"})) == Strings{"mypy", "pytest", "mypy", "six"});
  CHECK(wanted(k_project + sound, {.groups = {"type-check"}}).size() == 3);
}

TEST_CASE("groups with one normalised name are refused") {
  CHECK(refusal("[dependency-groups]\na_b=[]\nA-B=[]\nc=[]", groups({"c"})).message ==
        "the dependency groups `A-B` and `a_b` have one name, `a-b`");
}

TEST_CASE("groups that include one another in a circle are refused, an include twice is not") {
  const std::string circle = "[dependency-groups]\na=[{include-group='b'}]\nb=['six',{include-group='C'}]\nc=[{include-group='b'}]\n";
  const Error error = refusal(circle, groups({"a"}));
  CHECK(error.message == "the dependency groups form a cycle: `b` includes `c` includes `b`");
  CHECK(refusal("[dependency-groups]\na=[{include-group='A'}]", groups({"a"})).message ==
        "the dependency groups form a cycle: `a` includes `a`");
  CHECK(wanted("[dependency-groups]\na=[{include-group='b'},{include-group='b'}]\nb=['six']", groups({"a"})) == Strings{"six", "six"});
}

TEST_CASE("a group's errors come when it is wanted") {
  const std::string toml =
      "[dependency-groups]\nsound=['six']\nnumber=1\nentry=[1]\nkeys=[{include-group='sound',x=1}]\nother=[{include='sound'}]\n"
      "text=[{include-group=1}]\nlost=[{include-group='nowhere'}]\nwords=['a b']\n";
  CHECK(wanted(toml, groups({"sound"})) == Strings{"six"});
  CHECK(refusal(toml, groups({"number"})).message == "`dependency-groups.number` must be an array, not an integer");
  CHECK(refusal(toml, groups({"entry"})).message == "`dependency-groups.entry[0]` must be a string, not an integer");
  CHECK(refusal(toml, groups({"keys"})).message == "`dependency-groups.keys[0]` has other keys than `include-group`");
  CHECK(refusal(toml, groups({"other"})).message == "`dependency-groups.other[0]` has other keys than `include-group`");
  CHECK(refusal(toml, groups({"text"})).message == "`dependency-groups.text[0].include-group` must be a string, not an integer");
  const Error lost = refusal(toml, groups({"lost"}));
  CHECK(lost.message == "there is no dependency group `nowhere`");
  CHECK(lost.context.front() == "while reading `dependency-groups.lost[0]`");
  CHECK(refusal(toml, groups({"words"})).message.starts_with("`dependency-groups.words[0]` is no requirement: "));
  CHECK(refusal(toml, groups({"soun"})).hints.front().starts_with("there are `sound`"));
  CHECK(refusal("[project]\nname='d'", groups({"x"})).message == "there is no table `dependency-groups`");
  CHECK(refusal("dependency-groups=1", groups({"x"})).message == "`dependency-groups` must be a table, not an integer");
  CHECK(refusal("[dependency-groups]\n'-'=[]", groups({"x"})).message == "`-` is no name for a dependency group");
}

TEST_CASE("groups that double at every level end") {
  std::string doubling = "[dependency-groups]\ng30=[]\n";
  std::string chain = "[dependency-groups]\ng70=[]\n";
  for (int i = 0; i < 70; ++i) {
    const std::string next = "{include-group='g" + std::to_string(i + 1) + "'}";
    if (i < 30) doubling += "g" + std::to_string(i) + "=[" + next + "," + next + "]\n";
    chain += "g" + std::to_string(i) + "=[" + next + "]\n";
  }
  CHECK(refusal(doubling, groups({"g0"})).message == "the dependency groups include one another more than 10000 times");
  CHECK(refusal(chain, groups({"g0"})).message == "the dependency group `g64` is included more than 64 deep");
}
