#pragma once
// What a version's wheels are for where none of them fits the target: what a person is told beside "no wheel for linux-x86_64".

#include "torchup/resolver/tag.hpp"

#include <string>
#include <vector>

namespace torchup {

/// "Python 3.10 to 3.13" where wheels for the target's platform are for other Pythons, else the platforms that there are wheels
/// for: "macos-arm64 and windows-x86_64", with the tag ("manylinux_2_39_x86_64") where only its level is too high for the
/// target. Names that are no wheels are passed over; empty where nothing is left to tell. Pure.
std::string wheels_elsewhere(const std::vector<std::string>& filenames, const SupportedTags& supported);

}  // namespace torchup
