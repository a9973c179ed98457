#pragma once
// The answers to one question that a part of a marker admits: the pieces that short markers are put together from. Private to the
// marker algebra.

#include "resolver/requirements/marker_diagram.hpp"

#include <string>
#include <vector>

namespace torchup {

struct MarkerConstraint {
  const MarkerQuestion* question;
  VersionSet versions = {};             ///< Of Kind::version.
  std::vector<std::string> texts = {};  ///< Of Kind::text, sorted: these, or none of these.
  bool positive = true;                 ///< Of Kind::text: these; of Kind::yes_no: yes.
};

/// Comparisons that hold together; one of several such groups is enough. Nothing where markers cannot say it.
using MarkerAlternatives = std::vector<std::vector<std::string>>;
std::optional<MarkerAlternatives> alternatives_of(const MarkerConstraint& constraint);

/// What the children `chosen` of a node (one flag each) stand for.
MarkerConstraint constraint_of(const MarkerDiagram::Node& node, const std::vector<bool>& chosen);

/// Constraints of the same question that admit more and are shorter to say, the best first.
std::vector<MarkerConstraint> weaker_forms(const MarkerConstraint& constraint);

/// What either of two constraints of the same question admits.
MarkerConstraint united(const MarkerConstraint& left, const MarkerConstraint& right);

Result<MarkerDiagram::Id> set_of(MarkerDiagram& diagram, const MarkerConstraint& constraint);

}  // namespace torchup
