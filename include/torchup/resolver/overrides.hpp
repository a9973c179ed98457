#pragma once
// Overrides: what takes the place of every requirement of a package, whoever asks for it and in which versions, as uv has them.

#include "torchup/resolver/requirement.hpp"

#include <vector>

namespace torchup {

/// The requirements with those of an overridden package replaced by its overrides, each of which may be for some environments only.
/// Of what it replaces, a requirement's extras and the extra that it belongs to stay; its versions, its URL and the rest of its
/// marker go. A package that nothing asks for is not added.
std::vector<Requirement> overridden(std::vector<Requirement> requirements, const std::vector<Requirement>& overrides);

}  // namespace torchup
