#include "tests/scale/made_up_graph.hpp"

#include <catch2/catch.hpp>

using namespace torchup;
using namespace torchup::test;

namespace {

Effort effort_of(GraphKind kind, std::uint32_t packages) {
  const MadeUpGraph graph(kind, packages);
  Solver solver(graph.request());
  REQUIRE(std::holds_alternative<Solved>(graph.solve(solver)));
  return solver.effort();
}

}  // namespace

TEST_CASE("the solver's work grows as the number of packages does") {
  for (const GraphKind kind : k_graph_kinds) {
    INFO(text(kind));
    for (const std::uint32_t packages : {1000U, 10'000U}) {
      const Effort effort = effort_of(kind, packages);
      INFO(packages << " packages: " << effort.decisions << " decisions, " << effort.conflicts << " conflicts, " << effort.propagations
                    << " rules");
      CHECK(effort.decisions <= 2 * packages);
      CHECK(effort.conflicts <= packages);
      CHECK(effort.propagations <= 30 * packages);
    }
  }
}
