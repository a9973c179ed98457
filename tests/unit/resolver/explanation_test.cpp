#include "torchup/resolver/explanation.hpp"

#include "tests/support/made_up_index.hpp"

#include <catch2/catch.hpp>

#include <algorithm>

using namespace torchup;
using namespace torchup::test;

namespace {

Explanation explanation_of(const Question& question) { return std::get<Unsolvable>(question).explanation; }

// The text and after it the hints: what a command prints.
std::string told(const Question& question) {
  const Explanation explanation = explanation_of(question);
  std::string text = explanation.text + "\n";
  for (const std::string& hint : explanation.hints) text += "hint: " + hint + "\n";
  return text;
}

MadeUpIndex torch_index() {
  MadeUpIndex index;
  index.add("torch", "2.13.0").add("torch", "2.14.0").add("torch", "2.15.0");
  index.add("torchvision", "0.28.0", {"torch==2.13.0"});
  index.add("torchvision", "0.29.0", {"torch==2.14.0"});
  index.add("torchvision", "0.30.0", {"torch==2.15.0"});
  index.add("torchaudio", "2.15.0", {"torch>=2.15"});
  return index;
}

std::size_t depth_of(const DerivationNode& node) {
  std::size_t deepest = 0;
  for (const auto& cause : node.causes) deepest = std::max(deepest, depth_of(*cause));
  return deepest + 1;
}

}  // namespace

TEST_CASE("a package that the index does not know") {
  MadeUpIndex index;
  CHECK(told(index.solve({"nosuchpkg"})) ==
        "You require nosuchpkg, but it is not on the index.\n"
        "hint: check the spelling of `nosuchpkg`, or name the index that carries it with --index-url\n");
}

TEST_CASE("a dependency that the index does not know") {
  MadeUpIndex index;
  index.add("a", "1.0", {"nosuchpkg>=2"});
  CHECK(told(index.solve({"a"})) ==
        "Because a 1.0 depends on nosuchpkg>=2, `nosuchpkg` is not on the index, and you require a, there is no solution.\n"
        "hint: check the spelling of `nosuchpkg`, or name the index that carries it with --index-url\n");
}

TEST_CASE("a version that does not exist, with those that do") {
  MadeUpIndex index = torch_index();
  CHECK(told(index.solve({"torch==2.14.5"})) ==
        "You require torch==2.14.5, but no version of torch matches ==2.14.5.\n"
        "hint: the versions of torch nearest to that are 2.14.0 and 2.15.0\n");
  CHECK(told(index.solve({"torch>=3"})) ==
        "You require torch>=3, but no version of torch matches >=3.\n"
        "hint: the newest version of torch is 2.15.0\n");
  CHECK(told(index.solve({"torch<2"})) ==
        "You require torch<2, but no version of torch matches <2.\n"
        "hint: the oldest version of torch is 2.13.0\n");
}

TEST_CASE("requirements that contradict each other") {
  MadeUpIndex index = torch_index();
  CHECK(told(index.solve({"torch==2.13.0", "torch==2.14.0"})) ==
        "Because you require torch==2.13.0 and torch==2.14.0, there is no solution.\n"
        "hint: change one of these requirements: torch==2.13.0, torch==2.14.0\n");
  CHECK(told(index.solve({"torch<2,>3"})) == "You require torch<2,>3, which no version can match.\n");
}

TEST_CASE("a requirement at odds with a dependency") {
  MadeUpIndex index = torch_index();
  CHECK(told(index.solve({"torchaudio==2.15.0", "torch<2.14"})) ==
        "Because torchaudio 2.15.0 depends on torch>=2.15 and you require torchaudio==2.15.0 and torch<2.14, there is no solution.\n"
        "hint: change one of these requirements: torch<2.14, torchaudio==2.15.0\n");
}

TEST_CASE("dependencies of two packages at odds") {
  MadeUpIndex index;
  index.add("a", "1.0", {"c==1.0"}).add("a", "1.1", {"c==1.0"}).add("b", "1.0", {"c==2.0"}).add("c", "1.0").add("c", "2.0");
  CHECK(told(index.solve({"a", "b"})) ==
        "Because b 1.0 depends on c==2.0, every version of a depends on c==1.0, and you require a and b, there is no solution.\n"
        "hint: change one of these requirements: a, b\n");
}

TEST_CASE("many versions at odds with one requirement are told in one sentence") {
  MadeUpIndex index = torch_index();
  CHECK(told(index.solve({"torchvision", "torch>=2.13,<2.13.1", "torchaudio"})) ==
        "Because torchaudio 2.15.0 depends on torch>=2.15 and you require torch>=2.13,<2.13.1 and torchaudio, there is no solution.\n"
        "hint: change one of these requirements: torch>=2.13,<2.13.1, torchaudio\n");
  CHECK(told(index.solve({"torchvision", "torch<2.13"})) ==
        "Because every version of torchvision depends on one of torch==2.15.0, torch==2.14.0, torch==2.13.0 and you require "
        "torchvision and torch<2.13, there is no solution.\n"
        "hint: change one of these requirements: torch<2.13, torchvision\n");
}

TEST_CASE("a longer way is told step by step") {
  MadeUpIndex index;
  index.add("a", "1.0.0", {"c"}).add("a", "2.0.0");
  for (const char* version : {"1.0.0", "2.0.0", "3.0.0"}) index.add("b", version, {"a==1.0.0"});
  CHECK(told(index.solve({"a", "b"})) ==
        "Because a 1.0.0 depends on c and `c` is not on the index, a 1.0.0 cannot be used.\n"
        "And because every version of b depends on a==1.0.0 and you require b, there is no solution.\n"
        "hint: check the spelling of `c`, or name the index that carries it with --index-url\n");
}

TEST_CASE("the Python of the target is too old") {
  MadeUpIndex index;
  index.add("q", "2.9").add_unusable("q", "3.0", "requires Python >=3.12").add_unusable("q", "3.1", "requires Python >=3.12");
  CHECK(told(index.solve({"q>=3"})) ==
        "You require q>=3, but q 3.0 to 3.1 cannot be used (requires Python >=3.12).\n"
        "hint: q 3.0 to 3.1 require Python >=3.12: choose another Python with --python; the newest that can be used here is 2.9\n");
}

TEST_CASE("no wheel for the platform") {
  MadeUpIndex index;
  index.add_unusable("w", "1.0", "no wheel for linux-x86_64");
  CHECK(told(index.solve({"w"})) ==
        "You require w, but w 1.0 cannot be used (no wheel for linux-x86_64).\n"
        "hint: nothing of w fits this target; another --python or --platform may\n");
  index.add("v", "1.0", {}, {}, {version_of("0"), "no wheel for linux-x86_64", false, "Python 3.9"});
  CHECK(told(index.solve({"v"})) ==
        "You require v, but v 1.0 cannot be used (no wheel for linux-x86_64).\n"
        "hint: v 1.0 has wheels for Python 3.9: choose another Python with --python\n");
  index.add("w", "0.9").add_unusable("w", "1.1", "requires Python >=3.12");
  CHECK(told(index.solve({"w>=1"})) ==
        "You require w>=1, but no version of w matching >=1 can be used (1.1: requires Python >=3.12; 1.0: no wheel for linux-x86_64).\n"
        "hint: w 1.1 requires Python >=3.12: choose another Python with --python; the newest that can be used here is 0.9\n"
        "hint: the newest version of w that can be used here is 0.9\n");
}

TEST_CASE("what helps where files are refused for their hash or their form") {
  MadeUpIndex index;
  index.add_unusable("h", "1.0", "no wheel with one of the hashes that are given for it");
  CHECK(explanation_of(index.solve({"h"})).hints ==
        std::vector<std::string>{"the lines with --hash for h must name a file of this index that fits: give its hash, or leave them out"});
  index.add("s", "0.9")
      .add_unusable("s", "1.0", "only an sdist that is no .tar.gz")
      .add_unusable("s", "1.1", "only an sdist that is no .tar.gz");
  CHECK(explanation_of(index.solve({"s>=1"})).hints ==
        std::vector<std::string>{
            "s 1.0 to 1.1 are there only as source in a form that PEP 625 has ended, such as .zip, which is not built; the "
            "newest that can be used here is 0.9"});
}

TEST_CASE("only pre-releases, where none are wanted") {
  MadeUpIndex index;
  index.add("p", "1.0a1").add("p", "1.0a2");
  CHECK(told(index.solve({.requirements = requirements_of({"p"}), .prereleases = PrereleasePolicy::never})) ==
        "You require p, but p 1.0a1 to 1.0a2 cannot be used (a pre-release).\n"
        "hint: p 1.0a1 to 1.0a2 are pre-releases; --prerelease if-necessary lets them be chosen\n");
}

TEST_CASE("only a yanked version") {
  MadeUpIndex index;
  index.add("y", "0.9").add_yanked("y", "1.0").add("z", "1.0", {"y>=1"});
  CHECK(told(index.solve({"z"})) ==
        "Because z 1.0 depends on y>=1, y 1.0 cannot be used (yanked), and you require z, there is no solution.\n"
        "hint: y 1.0 was yanked; an exact pin such as y==1.0 takes it all the same\n");
}

TEST_CASE("a requirement with a URL is not supported") {
  MadeUpIndex index;
  index.add("u", "1.0", {"v @ https://index.example/v.whl"});
  CHECK(told(index.solve({"foo @ https://index.example/foo.whl"})) ==
        "You require the URL `foo @ https://index.example/foo.whl` (not supported).\n"
        "hint: require the package by name and version, from an index that carries it\n");
  CHECK(told(index.solve({"u"})) ==
        "Because u 1.0 depends on the URL `v @ https://index.example/v.whl` (not supported) and you require u, there is no solution.\n"
        "hint: require the package by name and version, from an index that carries it\n");
}

TEST_CASE("a constraint takes part") {
  MadeUpIndex index = torch_index();
  CHECK(told(index.solve({.requirements = requirements_of({"torchaudio"}), .constraints = requirements_of({"torch<2.14"})})) ==
        "Because a constraint allows only torch<2.14, torchaudio 2.15.0 depends on torch>=2.15, and you require torchaudio, there is no "
        "solution.\n"
        "hint: the constraint torch<2.14 takes part in this; drop or widen it\n");
}

TEST_CASE("an extra at odds with a requirement") {
  MadeUpIndex index;
  index.add("a", "1.0", {"b==2 ; extra == 'x'"}, {"x"}).add("b", "1").add("b", "2");
  CHECK(told(index.solve({"a[x]", "b<2"})) ==
        "Because a[x] 1.0 depends on b==2 and you require a[x] and b<2, there is no solution.\n"
        "hint: change one of these requirements: a[x], b<2\n");
}

TEST_CASE("the derivation holds what the text says, as a tree") {
  MadeUpIndex index;
  index.add("a", "1.0.0", {"c"}).add("a", "2.0.0").add("b", "1.0.0", {"a==1.0.0"});
  const Explanation explanation = explanation_of(index.solve({"b"}));
  const DerivationNode& root = *explanation.derivation;
  CHECK(root.statement == "there is no solution");
  REQUIRE(root.causes.size() == 3);
  CHECK(root.causes[0]->statement == "b 1.0.0 needs c");
  REQUIRE(root.causes[0]->causes.size() == 2);
  CHECK(root.causes[0]->causes[0]->statement == "b 1.0.0 depends on a==1.0.0");
  CHECK(root.causes[0]->causes[1]->statement == "a 1.0.0 depends on c");
  CHECK(root.causes[1]->statement == "you require b");
  CHECK(root.causes[2]->statement == "`c` is not on the index");
}

TEST_CASE("a derivation of one fact has that fact as its cause") {
  MadeUpIndex index;
  const DerivationNode root = *explanation_of(index.solve({"a<1,>2"})).derivation;
  CHECK(root.statement == "there is no solution");
  REQUIRE(root.causes.size() == 1);
  CHECK(root.causes[0]->statement == "you require a<1,>2, which no version can match");
}

TEST_CASE("a proof of a thousand steps is told in thirty lines and a tree that can be walked") {
  MadeUpIndex index;
  for (int i = 0; i < 3000; ++i) index.add("p" + std::to_string(i), "1", {"p" + std::to_string(i + 1)});
  index.add("p3000", "1", {"p0>1"});
  const Explanation explanation = explanation_of(index.solve({"p0"}));
  CHECK(std::count(explanation.text.begin(), explanation.text.end(), '\n') < 30);
  CHECK(explanation.text.find("more steps like these") != std::string::npos);
  CHECK(depth_of(*explanation.derivation) > 100);
  CHECK(depth_of(*explanation.derivation) < 300);
}
