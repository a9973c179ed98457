#pragma once
// From the incompatibility that nothing can avoid to what a person reads.

#include "resolver/pubgrub/search.hpp"

namespace torchup::pubgrub {

/// Sentences, hints and the derivation tree for a search that ended with that incompatibility.
Explanation explain(const Search& search, IncompatibilityId conclusion);

/// For a search that used up its budget: nothing was proved.
Explanation explain_giving_up(const Search& search, std::size_t steps);

}  // namespace torchup::pubgrub
