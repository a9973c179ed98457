#pragma once
// Large dependency graphs that are made when they are asked about, and a solver answered from them: for measuring how its work
// grows with the number of packages.

#include "torchup/resolver/solver.hpp"

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

namespace torchup::test {

enum class GraphKind {
  chain,    ///< Each package needs the next one.
  fan,      ///< One package needs all others, which need a common one in ranges of many sizes.
  layers,   ///< Layers of packages that need three of the next layer in ranges, some of which are at odds with each other.
  backing,  ///< As `layers`, with so many at odds that the search goes back again and again.
};

inline constexpr GraphKind k_graph_kinds[] = {GraphKind::chain, GraphKind::fan, GraphKind::layers, GraphKind::backing};

std::string_view text(GraphKind kind);

/// `packages` packages of ten versions each, of which version 5 of all is always a solution.
class MadeUpGraph {
 public:
  MadeUpGraph(GraphKind kind, std::uint32_t packages) : m_kind(kind), m_packages(packages) {}

  SolverRequest request() const;  ///< For the first package, from which all others are reached in `chain` and `fan`.
  std::vector<Candidate> candidates() const;
  PackageMetadata metadata(const PackageName& name, const Version& version) const;

  /// Answers until the solver has an end.
  Question solve(Solver& solver) const;

 private:
  std::vector<std::string> requirements(std::uint32_t package, std::uint32_t version) const;
  std::vector<std::string> of_layers(std::uint32_t package, std::uint32_t version, std::uint32_t at_odds_in_thousand) const;

  GraphKind m_kind;
  std::uint32_t m_packages;
};

}  // namespace torchup::test
