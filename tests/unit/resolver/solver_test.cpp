#include "torchup/resolver/solver.hpp"

#include "tests/support/made_up_index.hpp"

#include <catch2/catch.hpp>

#include <algorithm>

using namespace torchup;
using namespace torchup::test;

namespace {

std::string explanation_of(const Question& question) {
  const auto* unsolvable = std::get_if<Unsolvable>(&question);
  return unsolvable != nullptr ? unsolvable->explanation.text : "solved";
}

MarkerEnvironment linux_311() {
  return {{{"python_version", "3.11"}, {"python_full_version", "3.11.2"}, {"sys_platform", "linux"}, {"platform_machine", "x86_64"}}};
}

// The calls that the solver asked for of this package's metadata.
std::ptrdiff_t versions_tried(const MadeUpIndex& index, std::string_view name) {
  const std::string start = std::string(name) + " ";
  return std::count_if(index.asked().begin(), index.asked().end(), [&](const std::string& asked) { return asked.starts_with(start); });
}

}  // namespace

TEST_CASE("the newest versions that fit together are chosen") {
  MadeUpIndex index;
  index.add("a", "1.0").add("a", "2.0", {"b<2"}).add("b", "1.0").add("b", "1.5").add("b", "2.0");
  CHECK(pins_of(index.solve({"a"})) == "a==2.0 b==1.5");
  CHECK(pins_of(index.solve({"a", "b"})) == "a==2.0 b==1.5");
  CHECK(pins_of(index.solve({"a", "b==2.0"})) == "a==1.0 b==2.0");
  CHECK(pins_of(index.solve(std::vector<std::string>{})).empty());
}

TEST_CASE("one question at a time, and the same one until it is answered") {
  Solver solver({.requirements = requirements_of({"a"})});
  for (int i = 0; i < 2; ++i) {
    const Question question = solver.advance();
    REQUIRE(std::holds_alternative<NeedVersions>(question));
    CHECK(std::get<NeedVersions>(question).name == name_of("a"));
  }
  solver.answer_versions(name_of("a"), {{version_of("1.0"), {}, false}});
  for (int i = 0; i < 2; ++i) {
    const Question question = solver.advance();
    REQUIRE(std::holds_alternative<NeedMetadata>(question));
    CHECK(std::get<NeedMetadata>(question).version == version_of("1.0"));
  }
  solver.answer_metadata(name_of("a"), version_of("1.0"), {});
  CHECK(pins_of(solver.advance()) == "a==1.0");
  CHECK(pins_of(solver.advance()) == "a==1.0");
}

TEST_CASE("answers may come before they are asked for") {
  MadeUpIndex index;
  index.add("a", "1.0", {"b"}).add("b", "1.0");
  Solver solver({.requirements = requirements_of({"a"})});
  for (const char* name : {"a", "b"}) {
    solver.answer_metadata(name_of(name), version_of("1.0"), index.metadata_of(name_of(name), version_of("1.0")));
    solver.answer_versions(name_of(name), index.candidates(name_of(name)));
  }
  CHECK(pins_of(solver.advance()) == "a==1.0 b==1.0");
}

TEST_CASE("a version whose metadata cannot be used is passed over") {
  Solver solver({.requirements = requirements_of({"a"})});
  solver.answer_versions(name_of("a"), {{version_of("2.0"), {}, false}, {version_of("1.0"), {}, false}});
  REQUIRE(std::get<NeedMetadata>(solver.advance()).version == version_of("2.0"));
  solver.answer_unusable(name_of("a"), version_of("2.0"), "its METADATA is malformed");
  REQUIRE(std::get<NeedMetadata>(solver.advance()).version == version_of("1.0"));
  solver.answer_metadata(name_of("a"), version_of("1.0"), {});
  CHECK(pins_of(solver.advance()) == "a==1.0");
}

TEST_CASE("what is to be fetched ahead is told") {
  MadeUpIndex index;
  Solver solver({.requirements = requirements_of({"a", "b<2", "c ; sys_platform == 'win32'"}), .environment = linux_311()});
  solver.advance();
  CHECK(solver.foreseen() == std::vector{name_of("a"), name_of("b")});
  solver.answer_versions(name_of("b"), {{version_of("1.0"), {}, false},
                                        {version_of("1.1"), {}, false},
                                        {version_of("1.2"), "no wheel for linux-x86_64", false},
                                        {version_of("1.3rc1"), {}, false},
                                        {version_of("2.0"), {}, false}});
  CHECK(solver.foreseen() == std::vector{name_of("a")});
  CHECK(solver.likely_versions(name_of("b"), VersionSet::all(), 9) ==
        std::vector{version_of("1.1"), version_of("1.0"), version_of("1.3rc1")});
  CHECK(solver.likely_versions(name_of("b"), VersionSet::all(), 1) == std::vector{version_of("1.1")});
  CHECK(solver.likely_versions(name_of("b"), VersionSet::exactly(version_of("1.1")).complement(), 1) == std::vector{version_of("1.0")});
  CHECK(solver.likely_versions(name_of("never-heard-of"), VersionSet::all(), 9).empty());
}

TEST_CASE("markers are decided for the target") {
  MadeUpIndex index;
  index.add("a", "1.0", {"b ; sys_platform == 'linux'", "c ; sys_platform == 'win32'", "d ; python_version < '3.9'"}).add("b", "1.0");
  const Question question = index.solve({.requirements = requirements_of({"a"}), .environment = linux_311()});
  CHECK(pins_of(question) == "a==1.0 b==1.0");
  CHECK(std::get<Solved>(question).pins.front().dependencies == std::vector{name_of("b")});
}

TEST_CASE("an extra adds its requirements to the very version of its package") {
  MadeUpIndex index;
  index.add("a", "1.0", {"b==1.0 ; extra == 'x'", "c"}, {"x"});
  index.add("a", "2.0", {"b==2.0 ; extra == 'x'", "b==1.0 ; extra == 'y'", "c"}, {"x", "y"});
  index.add("b", "1.0").add("b", "2.0").add("c", "1.0").add("d", "1.0", {"a[y]"});
  CHECK(pins_of(index.solve({"a[x]"})) == "a[x]==2.0 b==2.0 c==1.0");
  CHECK(pins_of(index.solve({"a[x]", "b<2"})) == "a[x]==1.0 b==1.0 c==1.0");
  CHECK(pins_of(index.solve({"a[x]<2"})) == "a[x]==1.0 b==1.0 c==1.0");
  CHECK(pins_of(index.solve({"a", "d"})) == "a[y]==2.0 b==1.0 c==1.0 d==1.0");
}

TEST_CASE("an extra may ask for other extras of its own package") {
  MadeUpIndex index;
  index.add("a", "1.0", {"a[x,y] ; extra == 'all'", "b ; extra == 'x'", "c ; extra == 'y'"}, {"all", "x", "y"});
  index.add("b", "1.0").add("c", "1.0");
  CHECK(pins_of(index.solve({"a[all]"})) == "a[all,x,y]==1.0 b==1.0 c==1.0");
}

TEST_CASE("a package may ask for its own extra") {
  MadeUpIndex index;
  index.add("a", "1.0", {"a[x]", "b==2 ; extra == 'x'"}, {"x"}).add("b", "1").add("b", "2");
  CHECK(pins_of(index.solve({"a"})) == "a[x]==1.0 b==2");
  CHECK(pins_of(index.solve({"a", "b<2"})) == "unsolvable");
}

TEST_CASE("an extra that does not exist is told and changes nothing") {
  MadeUpIndex index;
  index.add("a", "1.0", {"b ; extra == 'x'"}, {"x"}).add("a", "2.0").add("b", "1.0");
  const Question question = index.solve({"a[x]"});
  CHECK(pins_of(question) == "a[x]==2.0");
  CHECK(std::get<Solved>(question).notes == std::vector<std::string>{"a 2.0 has no extra `x`"});
}

TEST_CASE("constraints narrow a package and ask for none") {
  MadeUpIndex index;
  index.add("a", "1.0", {"b"}).add("b", "1.0").add("b", "2.0");
  const auto constraints = requirements_of({"b<2", "never-heard-of==1", "b==9 ; sys_platform == 'win32'"});
  CHECK(pins_of(index.solve({.requirements = requirements_of({"a"}), .constraints = constraints, .environment = linux_311()})) ==
        "a==1.0 b==1.0");
}

TEST_CASE("preferences hold where they fit") {
  MadeUpIndex index;
  index.add("a", "1.0").add("a", "2.0").add("a", "3.0").add("b", "1.0", {"a>=3"}).add("b", "0.9");
  const std::map<PackageName, Version> preferences{{name_of("a"), version_of("2.0")}};
  CHECK(pins_of(index.solve({.requirements = requirements_of({"a"}), .preferences = preferences})) == "a==2.0");
  CHECK(pins_of(index.solve({.requirements = requirements_of({"a", "b==1.0"}), .preferences = preferences})) == "a==3.0 b==1.0");
}

TEST_CASE("pre-releases come after final releases unless they are asked for (PEP 440, handling of pre-releases)") {
  MadeUpIndex index;
  index.add("a", "1.0").add("a", "2.0rc1").add("only", "1.0a1").add("only", "1.0a2").add("c", "1.0", {"a>1"});
  CHECK(pins_of(index.solve({"a"})) == "a==1.0");
  CHECK(pins_of(index.solve({"a>1"})) == "a==2.0rc1");
  CHECK(pins_of(index.solve({"a==2.0rc1"})) == "a==2.0rc1");
  CHECK(pins_of(index.solve({"only"})) == "only==1.0a2");
  CHECK(pins_of(index.solve({"c"})) == "a==2.0rc1 c==1.0");
  CHECK(pins_of(index.solve({.requirements = requirements_of({"a"}), .prereleases = PrereleasePolicy::allow})) == "a==2.0rc1");
  CHECK(pins_of(index.solve({.requirements = requirements_of({"a>1"}), .prereleases = PrereleasePolicy::never})) == "unsolvable");
}

TEST_CASE("a yanked version is chosen for an exact pin alone (PEP 592)") {
  MadeUpIndex index;
  index.add("a", "1.0").add_yanked("a", "2.0").add("direct", "1.0", {"a>=2"}).add("pins", "1.0", {"a==2.0"});
  CHECK(pins_of(index.solve({"a"})) == "a==1.0");
  CHECK(pins_of(index.solve({"a>1"})) == "unsolvable");
  CHECK(pins_of(index.solve({"direct"})) == "unsolvable");
  CHECK(pins_of(index.solve({"a==2.*"})) == "unsolvable");
  CHECK(pins_of(index.solve({"a==2.0"})) == "a==2.0");
  CHECK(pins_of(index.solve({"direct", "a==2.0"})) == "a==2.0 direct==1.0");
  CHECK(pins_of(index.solve({"pins"})) == "a==2.0 pins==1.0");
  CHECK(pins_of(index.solve({"pins", "a>=1"})) == "a==2.0 pins==1.0");
}

TEST_CASE("a yanked version may carry its reason where other candidates carry why they cannot be used") {
  MadeUpIndex index;
  index.add("a", "1.0", {}, {}, {version_of("0"), "yanked: broken", true});
  CHECK(pins_of(index.solve({"a==1.0"})) == "a==1.0");
  CHECK(explanation_of(index.solve({"a"})) == "You require a, but a 1.0 cannot be used (yanked: broken).");
}

TEST_CASE("local builds of a pinned version are taken, the greatest first") {
  MadeUpIndex index;
  index.add("torch", "2.9.0").add("torch", "2.9.1+cpu").add("torch", "2.9.1+cu130").add("vision", "0.24", {"torch==2.9.1"});
  CHECK(pins_of(index.solve({"torch==2.9.1"})) == "torch==2.9.1+cu130");
  CHECK(pins_of(index.solve({"vision", "torch==2.9.1+cpu"})) == "torch==2.9.1+cpu vision==0.24");
}

TEST_CASE("a package that keeps losing is decided first, instead of going back to its oldest versions") {
  MadeUpIndex index;
  index.add("a", "1.0").add("a", "2.0").add("b", "1.0", {"too-old"}).add("too-old", "1.0");
  for (int minor = 0; minor < 200; ++minor) index.add("b", "2." + std::to_string(minor), {"a==1.0"});
  CHECK(pins_of(index.solve({"a", "b"})) == "a==1.0 b==2.199");
  CHECK(versions_tried(index, "b") < 10);
}

TEST_CASE("the same holds where the conflict lies one package deeper") {
  MadeUpIndex index;
  index.add("a", "1.0").add("a", "2.0").add("b", "1.0", {"inner"}).add("inner", "1.0", {"too-old"}).add("too-old", "1.0");
  for (int minor = 0; minor < 200; ++minor) index.add("inner", "2." + std::to_string(minor), {"a==1.0"});
  CHECK(pins_of(index.solve({"a", "b"})) == "a==1.0 b==1.0 inner==2.199");
  CHECK(versions_tried(index, "inner") < 10);
}

TEST_CASE("a version that depends on another version of itself cannot be used") {
  MadeUpIndex index;
  index.add("a", "1.0", {"a>=1"}).add("a", "2.0", {"a<2"});
  CHECK(pins_of(index.solve({"a"})) == "a==1.0");
}

TEST_CASE("packages may depend on each other in a circle") {
  MadeUpIndex index;
  index.add("a", "1.0", {"b"}).add("b", "1.0", {"c"}).add("c", "1.0", {"a==1.0"}).add("a", "2.0", {"b"});
  CHECK(pins_of(index.solve({"a"})) == "a==1.0 b==1.0 c==1.0");
}

TEST_CASE("a chain of fifty conflicts ends") {
  MadeUpIndex index;
  for (int i = 0; i < 50; ++i) {
    const std::string name = "p" + std::to_string(i);
    const std::string next = "p" + std::to_string(i + 1);
    for (int version = 1; version <= 5; ++version) index.add(name, std::to_string(version), {next + "==" + std::to_string(version)});
  }
  for (int version = 2; version <= 5; ++version) index.add("p50", std::to_string(version), {"p0<" + std::to_string(version)});
  CHECK(pins_of(index.solve({"p0"})) == "unsolvable");  // only p50 1 would fit
  index.add("p50", "1");
  CHECK(pins_of(index.solve({"p0"})).starts_with("p0==1 p1==1 p10==1"));
}

TEST_CASE("a thousand packages are solved in about as many steps") {
  MadeUpIndex index;
  for (int i = 0; i < 1000; ++i) {
    for (int version = 1; version <= 3; ++version) {
      std::vector<std::string> requires_dist;
      for (const int step : {1, 7, 31}) {
        if (i + step < 1000) requires_dist.push_back("p" + std::to_string(i + step) + ">=" + std::to_string(version - (i % 2)));
      }
      index.add("p" + std::to_string(i), std::to_string(version), requires_dist);
    }
  }
  const SolverRequest request{.requirements = requirements_of({"p0"}), .step_budget = 1100};
  const Question question = index.solve(request);
  REQUIRE(std::holds_alternative<Solved>(question));
  CHECK(std::get<Solved>(question).pins.size() == 1000);
}

TEST_CASE("the step budget ends a search, with that explanation") {
  MadeUpIndex index;
  index.add("a", "1.0", {"b"}).add("b", "1.0", {"c"}).add("c", "1.0");
  const Question question = index.solve({.requirements = requirements_of({"a"}), .step_budget = 2});
  CHECK(explanation_of(question) == "No solution was found within 2 steps, and none was ruled out.");
  CHECK(std::get<Unsolvable>(question).explanation.hints ==
        std::vector<std::string>{"narrow the request: pin some versions, or ask for fewer packages at once"});
  CHECK(std::get<Unsolvable>(question).explanation.gave_up);
}

TEST_CASE("a solver tells what a search took") {
  MadeUpIndex index;
  index.add("a", "1.0", {"b==1.0"}).add("a", "2.0", {"b==2.0"}).add("b", "1.0");
  Solver solver({.requirements = requirements_of({"a"})});
  CHECK(solver.effort().steps() == 0);
  CHECK(pins_of(index.solve(solver)) == "a==1.0 b==1.0");
  const Effort effort = solver.effort();
  CHECK(effort.decisions == 3);  // a 2.0, which b does not have the version for, a 1.0 and b 1.0
  CHECK(effort.conflicts == 1);
  CHECK(effort.propagations < 20);
}
