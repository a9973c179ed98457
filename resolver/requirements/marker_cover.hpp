#pragma once
// A short marker for a set: a disjunction in which no comparison can be left out. Private to the marker algebra.

#include "resolver/requirements/marker_diagram.hpp"

#include <string>

namespace torchup {

/// The text of a marker that holds in all of `wanted` and nowhere outside of `allowed`, which has `wanted` in it. Neither is a
/// truth. What would be longer than 256 alternatives, or has no text, is ErrorKind::usage.
Result<std::string> short_marker(MarkerDiagram& diagram, MarkerDiagram::Id wanted, MarkerDiagram::Id allowed);

}  // namespace torchup
