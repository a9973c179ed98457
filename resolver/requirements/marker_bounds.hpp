#pragma once
// Versions of interpreters in a form of their own: of the bounds between which none of them lies only one is used, so that equal
// sets look the same. And their text as comparisons. Private to the marker algebra.

#include "torchup/resolver/version_set.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace torchup {

/// Versions of `python_full_version` or `implementation_version`.
VersionSet canonical_versions(const VersionSet& versions);

/// The full versions whose first two numbers, as a version, are in the set.
VersionSet full_versions(const VersionSet& python_versions);

/// The comparisons that all hold in this range of canonical bounds and nowhere else; `python_version` is used for
/// `python_full_version` where it does. None for the range of all. Nothing where no comparison says it.
std::optional<std::vector<std::string>> range_texts(const VersionSet::Range& range, std::string_view variable);

/// The one comparison that holds outside of this range alone, such as `python_version != "3.9"`, where there is one.
std::optional<std::string> hole_text(const VersionSet::Range& range, std::string_view variable);

}  // namespace torchup
