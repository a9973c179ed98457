#pragma once
// Why there is no solution, as steps in reading order: what conflict resolution left behind, with what says nothing to a
// person taken out. The explanation's text and tree are made from it.

#include "resolver/pubgrub/incompatibility.hpp"

#include <cstddef>
#include <vector>

namespace torchup::pubgrub {

struct Step {
  IncompatibilityId conclusion;
  std::vector<IncompatibilityId> facts;  ///< From outside.
  std::vector<std::size_t> steps;        ///< Earlier ones that it builds on, by index.
};

/// The steps that lead to `conclusion`, which is the last one's. Each step is followed by one that uses it where possible.
std::vector<Step> make_proof(const IncompatibilityStore& store, IncompatibilityId conclusion);

/// Whether the fact is something that the user requires.
bool is_requirement(const Incompatibility& incompatibility);

}  // namespace torchup::pubgrub
