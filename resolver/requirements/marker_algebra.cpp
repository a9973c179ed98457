#include "torchup/resolver/marker_algebra.hpp"

#include "resolver/requirements/marker_cover.hpp"
#include "resolver/requirements/marker_diagram.hpp"

namespace torchup {

MarkerAlgebra::MarkerAlgebra() : m_diagram(std::make_unique<MarkerDiagram>()) {}
MarkerAlgebra::~MarkerAlgebra() = default;

Result<MarkerAlgebra::Set> MarkerAlgebra::of(const Marker& marker) {
  TORCHUP_TRY_ASSIGN(const auto node, m_diagram->of(marker.tree()));
  return Set(node);
}

Result<MarkerAlgebra::Set> MarkerAlgebra::intersection(Set left, Set right) {
  TORCHUP_TRY_ASSIGN(const auto node, m_diagram->both(left.m_node, right.m_node));
  return Set(node);
}

Result<MarkerAlgebra::Set> MarkerAlgebra::united(Set left, Set right) {
  TORCHUP_TRY_ASSIGN(const auto node, m_diagram->either(left.m_node, right.m_node));
  return Set(node);
}

Result<MarkerAlgebra::Set> MarkerAlgebra::complement(Set set) {
  TORCHUP_TRY_ASSIGN(const auto node, m_diagram->negation(set.m_node));
  return Set(node);
}

Result<bool> MarkerAlgebra::subset_of(Set part, Set whole) {
  TORCHUP_TRY_ASSIGN(const Set others, complement(whole));
  return disjoint(part, others);
}

Result<bool> MarkerAlgebra::disjoint(Set left, Set right) {
  TORCHUP_TRY_ASSIGN(const Set common, intersection(left, right));
  return common.empty();
}

Result<MarkerOrTruth> MarkerAlgebra::marker(Set set) { return marker(set, all()); }

Result<MarkerOrTruth> MarkerAlgebra::marker(Set wanted, Set among) {
  if (wanted.empty()) return MarkerOrTruth(false);
  TORCHUP_TRY_ASSIGN(const Set elsewhere, complement(among));
  TORCHUP_TRY_ASSIGN(const Set allowed, united(wanted, elsewhere));
  if (allowed.is_all()) return MarkerOrTruth(true);
  TORCHUP_TRY_ASSIGN(const std::string text, short_marker(*m_diagram, wanted.m_node, allowed.m_node));
  TORCHUP_TRY_ASSIGN(Marker marker, Marker::parse(text));
  return MarkerOrTruth(std::move(marker));
}

MarkerOrTruth simplified(const Marker& marker) {
  MarkerAlgebra algebra;
  const auto set = algebra.of(marker);
  if (!set) return marker;
  auto result = algebra.marker(*set);
  return result ? *std::move(result) : MarkerOrTruth(marker);
}

}  // namespace torchup
