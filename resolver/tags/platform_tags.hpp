#pragma once
// The platform part of the tags that a target supports, best first. Used by supported_tags.cpp alone.

#include "torchup/resolver/tag.hpp"

#include <string>
#include <vector>

namespace torchup {

/// "manylinux_2_36_x86_64", "manylinux_2_35_x86_64", ... without "any". Empty for a system or machine that no tag names.
std::vector<std::string> platform_tags(const TagTarget& target);

}  // namespace torchup
