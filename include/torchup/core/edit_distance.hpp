#pragma once
// How far two words are apart, for "did you mean".

#include <cstddef>
#include <string_view>

namespace torchup {

/// The fewest single bytes to insert, remove or replace that make one word the other (Levenshtein's distance). Time grows with the
/// product of the lengths: cut what comes from outside.
std::size_t edit_distance(std::string_view a, std::string_view b);

}  // namespace torchup
