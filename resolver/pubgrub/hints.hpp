#pragma once
// What would help: read off the facts that a proof rests on.

#include "resolver/pubgrub/proof.hpp"
#include "resolver/pubgrub/search.hpp"

#include <string>
#include <vector>

namespace torchup::pubgrub {

/// One sentence each, without doubles, the most telling first; a handful at most.
std::vector<std::string> hints(const Search& search, const std::vector<Step>& proof);

std::vector<std::string> hints_after_giving_up(const Search& search);

}  // namespace torchup::pubgrub
