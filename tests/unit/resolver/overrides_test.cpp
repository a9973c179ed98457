#include "torchup/resolver/overrides.hpp"

#include "torchup/resolver/solver.hpp"

#include <catch2/catch.hpp>

using namespace torchup;

namespace {

using Lines = std::vector<std::string>;

std::vector<Requirement> requirements(const Lines& texts) {
  std::vector<Requirement> read;
  for (const auto& text : texts) read.push_back(Requirement::parse(text).value());
  return read;
}

Lines overridden_texts(const Lines& texts, const Lines& overrides) {
  Lines made;
  for (const auto& one : overridden(requirements(texts), requirements(overrides))) made.push_back(one.text());
  return made;
}

PackageName name(const char* text) { return PackageName::parse(text).value(); }
Version version(const char* text) { return Version::parse(text).value(); }

/// "app" of two versions, which needs "lib" of as many.
Lines solved(SolverRequest request) {
  Solver solver(std::move(request));
  for (const char* package : {"app", "lib"}) {
    std::vector<Candidate> candidates;
    for (const char* number : {"1", "2", "3"}) candidates.push_back({version(number)});
    solver.answer_versions(name(package), candidates);
    for (const char* number : {"1", "2", "3"}) {
      const bool is_app = package[0] == 'a';
      solver.answer_metadata(name(package), version(number), {is_app ? requirements({"lib>=2"}) : requirements({}), {}});
    }
  }
  const Question end = solver.advance();
  Lines pins;
  REQUIRE(std::holds_alternative<Solved>(end));
  for (const auto& pin : std::get<Solved>(end).pins) pins.push_back(pin.name.text() + " " + pin.version.text());
  return pins;
}

}  // namespace

TEST_CASE("an override takes the place of every requirement of its name") {
  CHECK(overridden_texts({"a>=1", "b<2 ; os_name == 'nt'", "b"}, {"b==3"}) == Lines{"a>=1", "b==3", "b==3"});
  CHECK(overridden_texts({"a>=1"}, {"b==3"}) == Lines{"a>=1"});
  CHECK(overridden_texts({"B_c @ https://index.example/b.whl"}, {"b-c==3"}) == Lines{"b-c==3"});
}

TEST_CASE("extras of what is overridden stay, and the extra that it belongs to") {
  CHECK(overridden_texts({"b[x]<2 ; extra == 'test' and python_version < '3'"}, {"b[y]==3"}) == Lines{"b[x,y]==3 ; extra == \"test\""});
  CHECK(overridden_texts({"b ; extra == 'a' or extra == 'b'"}, {"b==3 ; os_name == 'nt'"}) ==
        Lines{R"(b==3 ; os_name == "nt" and (extra == "a" or extra == "b"))"});
}

TEST_CASE("overrides of one name may be for different environments") {
  CHECK(overridden_texts({"b<2"}, {"b==3 ; os_name == 'nt'", "b==4 ; os_name != 'nt'"}) ==
        Lines{R"(b==3 ; os_name == "nt")", R"(b==4 ; os_name != "nt")"});
}

TEST_CASE("the solver holds to overrides, in what is asked for and in what packages need") {
  CHECK(solved({.requirements = requirements({"app"})}) == Lines{"app 3", "lib 3"});
  CHECK(solved({.requirements = requirements({"app"}), .overrides = requirements({"lib==1"})}) == Lines{"app 3", "lib 1"});
  CHECK(solved({.requirements = requirements({"app<3"}), .overrides = requirements({"app"})}) == Lines{"app 3", "lib 3"});
}

TEST_CASE("the lowest versions are tried first where that is wished for") {
  CHECK(solved({.requirements = requirements({"app"}), .order = VersionOrder::lowest}) == Lines{"app 1", "lib 2"});
  CHECK(solved({.requirements = requirements({"app"}), .order = VersionOrder::lowest_direct}) == Lines{"app 1", "lib 3"});
  CHECK(solved({.requirements = requirements({"app", "lib>=1"}), .order = VersionOrder::lowest_direct}) == Lines{"app 1", "lib 2"});
}
