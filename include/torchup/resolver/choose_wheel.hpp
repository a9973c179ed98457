#pragma once
// Which of a version's wheels a target installs: the rule that index pages and lock files share.

#include "torchup/resolver/tag.hpp"
#include "torchup/resolver/wheel_name.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace torchup {

/// The place of the file name that fits best: the best tag first, then the highest build tag (packaging.python.org,
/// "binary distribution format"). Names that are no wheels are passed over; nothing where none fits. Pure.
std::optional<std::size_t> choose_wheel(const std::vector<std::string>& filenames, const SupportedTags& supported);

/// The same of names that were read before.
std::optional<std::size_t> best_wheel_name(const std::vector<const WheelName*>& names, const SupportedTags& supported);

}  // namespace torchup
