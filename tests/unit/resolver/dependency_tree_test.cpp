#include "torchup/resolver/dependency_tree.hpp"

#include "tests/support/made_up_lock.hpp"

#include <catch2/catch.hpp>
#include <fmt/format.h>

#include <map>

using namespace torchup;
using namespace torchup::test;

namespace {

std::vector<std::size_t> root_places(const DependencyGraph& graph) {
  std::vector<std::size_t> places;
  for (const DependencyRoot& root : graph.roots) places.push_back(root.package);
  return places;
}

/// A line for each row: two blanks a level, the name, and a mark: `*` shown elsewhere, `+` cut, `?` missing, `$` last.
std::string drawn(const Lockfile& lock, const std::vector<std::size_t>& roots, Direction direction,
                  std::optional<std::size_t> deepest = std::nullopt) {
  const DependencyGraph graph = make_dependency_graph(lock);
  std::string text;
  for (const TreeRow& row : tree_rows(graph, roots, direction, deepest)) {
    const auto name = row.missing ? graph.nodes[row.package].missing[*row.missing].first : lock.packages[row.package].name;
    text += std::string(2 * row.depth, ' ') + name.text();
    text += row.missing ? "?" : row.below == Below::elsewhere ? "*" : row.below == Below::cut ? "+" : "";
    text += row.last ? "$\n" : "\n";
  }
  return text;
}

std::string drawn(const Lockfile& lock, std::optional<std::size_t> deepest = std::nullopt) {
  return drawn(lock, root_places(make_dependency_graph(lock)), Direction::needs, deepest);
}

std::vector<DependencyRoot> roots_of(const Lockfile& lock) { return make_dependency_graph(lock).roots; }

Lockfile diamond(std::vector<std::string> requests) {
  return made_up_lock({made_up_package("app", "1", {"left 1", "right 1"}), made_up_package("base", "1", {"deep 1"}),
                       made_up_package("deep", "1"), made_up_package("left", "1", {"base 1"}), made_up_package("right", "1", {"base 1"})},
                      std::move(requests));
}

}  // namespace

TEST_CASE("what a package needs is shown once and marked the second time") {
  CHECK(drawn(diamond({"app"})) ==
        "app$\n"
        "  left\n"
        "    base$\n"
        "      deep$\n"
        "  right$\n"
        "    base*$\n");
}

TEST_CASE("a package that needs nothing is never marked as shown elsewhere") {
  const auto lock = made_up_lock({made_up_package("a", "1", {"c 1"}), made_up_package("b", "1", {"c 1"}), made_up_package("c", "1")});
  CHECK(drawn(lock) == "a\n  c$\nb$\n  c$\n");
}

TEST_CASE("what was asked for stands at the top, and is shown whole there") {
  CHECK(drawn(diamond({"app", "base>=1"})) == "app\n  left\n    base*$\n  right$\n    base*$\nbase$\n  deep$\n");
  CHECK(roots_of(diamond({"app", "base>=1"})) == std::vector<DependencyRoot>{{0, RootReason::requested}, {1, RootReason::requested}});
}

TEST_CASE("without requests the roots are what nothing depends on") {
  CHECK(roots_of(diamond({})) == std::vector<DependencyRoot>{{0, RootReason::needed_by_none}});
  CHECK(roots_of(diamond({"not a requirement!", "elsewhere"})) == std::vector<DependencyRoot>{{0, RootReason::needed_by_none}});
}

TEST_CASE("what no request leads to is there all the same") {
  CHECK(roots_of(diamond({"right"})) == std::vector<DependencyRoot>{{4, RootReason::requested}, {0, RootReason::needed_by_none}});
}

TEST_CASE("a cycle ends, and has a root even where nothing outside leads to it") {
  auto lock = made_up_lock({made_up_package("a", "1", {"b 1"}), made_up_package("b", "1", {"c 1"}), made_up_package("c", "1", {"a 1"}),
                            made_up_package("self", "1", {"self 1"})});
  CHECK(roots_of(lock) == std::vector<DependencyRoot>{{0, RootReason::in_a_cycle}, {3, RootReason::in_a_cycle}});
  CHECK(drawn(lock) == "a\n  b$\n    c$\n      a*$\nself$\n  self*$\n");
  CHECK(drawn(lock, {1}, Direction::needed_by) == "b$\n  a$\n    c$\n      b*$\n");
}

TEST_CASE("a dependency that the lock does not hold in that version is a row of its own") {
  const auto lock = made_up_lock({made_up_package("a", "1", {"b 2", "gone 1"}), made_up_package("b", "1")}, {"a"});
  CHECK(drawn(lock) == "a\n  b?\n  gone?$\nb$\n");
  const DependencyGraph graph = make_dependency_graph(lock);
  CHECK(graph.nodes[0].missing.size() == 2);
  CHECK(graph.nodes[1].needed_by.empty());
}

TEST_CASE("two entries of one name are told apart by version, and both are meant where they share it") {
  const auto mac = with_marker(made_up_package("torch", "2.0"), "sys_platform == 'darwin'");
  const auto linux_build = with_marker(made_up_package("torch", "2.0"), "sys_platform == 'linux'");
  const auto lock = made_up_lock({made_up_package("a", "1", {"torch 2.0.0"}), made_up_package("b", "1", {"torch 1.0"}),
                                  made_up_package("torch", "1.0"), mac, linux_build});
  const DependencyGraph graph = make_dependency_graph(lock);
  CHECK(graph.nodes[0].needs == std::vector<std::size_t>{3, 4});
  CHECK(graph.nodes[1].needs == std::vector<std::size_t>{2});
  CHECK(entries_of_one_name(lock) == std::vector<std::vector<std::size_t>>{{2, 3, 4}});
}

TEST_CASE("a request names every entry of its name") {
  const auto lock = made_up_lock({made_up_package("torch", "1.0"), made_up_package("torch", "2.0")}, {"Torch[opt]>=1"});
  CHECK(roots_of(lock) == std::vector<DependencyRoot>{{0, RootReason::requested}, {1, RootReason::requested}});
  CHECK(make_dependency_graph(lock).nodes[1].requests == std::vector<std::string>{"Torch[opt]>=1"});
}

TEST_CASE("a limit cuts below that many levels and hides nothing nearer") {
  CHECK(drawn(diamond({"app"}), 0) == "app+$\n");
  CHECK(drawn(diamond({"app"}), 1) == "app$\n  left+\n  right+$\n");
  CHECK(drawn(diamond({"app"}), 3) == drawn(diamond({"app"})));
  // `near` is met first below `far`, two levels deeper than below `app`, where it is shown whole.
  const auto lock =
      made_up_lock({made_up_package("app", "1", {"far 1", "near 1"}), made_up_package("far", "1", {"middle 1"}),
                    made_up_package("leaf", "1"), made_up_package("middle", "1", {"near 1"}), made_up_package("near", "1", {"leaf 1"})},
                   {"app"});
  CHECK(drawn(lock, 2) == "app$\n  far\n    middle+$\n  near$\n    leaf$\n");
}

TEST_CASE("upside down, a package leads to all that needs it") {
  CHECK(drawn(diamond({"app"}), {1}, Direction::needed_by) == "base$\n  left\n    app$\n  right$\n    app$\n");
  CHECK(drawn(diamond({"app"}), {2}, Direction::needed_by, 1) == "deep$\n  base+$\n");
  CHECK(drawn(diamond({"app"}), {0}, Direction::needed_by) == "app$\n");
}

TEST_CASE("a chain of a hundred thousand packages is walked without recursion") {
  constexpr std::size_t k_length = 100'000;
  Lockfile lock;
  for (std::size_t i = 0; i < k_length; ++i) {
    const bool last = i + 1 == k_length;
    lock.packages.push_back(
        made_up_package(fmt::format("p{:06}", i), "1", last ? std::vector<std::string>{} : std::vector{fmt::format("p{:06} 1", i + 1)}));
  }
  const DependencyGraph graph = make_dependency_graph(lock);
  const auto rows = tree_rows(graph, root_places(graph), Direction::needs);
  REQUIRE(rows.size() == k_length);
  CHECK(rows.back().depth == k_length - 1);
  CHECK(tree_rows(graph, {k_length - 1}, Direction::needed_by).size() == k_length);
}

TEST_CASE("many entries of one name and version, and many that need them, stay linear") {
  Lockfile lock;
  constexpr std::size_t k_each = 2000;
  for (std::size_t i = 0; i < k_each; ++i) lock.packages.push_back(made_up_package("twin", "1"));
  for (std::size_t i = 0; i < k_each; ++i) lock.packages.push_back(made_up_package(fmt::format("user{}", i), "1", {"twin 1"}));
  std::size_t edges = 0;
  for (const auto& node : make_dependency_graph(lock).nodes) edges += node.needs.size();
  CHECK(edges == 8 * k_each);
}

TEST_CASE("wheels are added up, those without a size apart, and no sum wraps round") {
  auto package = made_up_package("a", "1");
  package.wheels.push_back(made_up_wheel("a-1-cp311-cp311-win_amd64.whl", 'b', std::nullopt));
  CHECK(wheel_totals(package) == WheelTotals{.wheels = 2, .bytes = 1000, .without_size = 1});
  package.wheels.push_back(made_up_wheel("a-1-cp312-cp312-win_amd64.whl", 'b', UINT64_MAX));
  CHECK(wheel_totals(made_up_lock({package, made_up_package("b", "1")})) ==
        WheelTotals{.wheels = 4, .bytes = UINT64_MAX, .without_size = 1});
}
