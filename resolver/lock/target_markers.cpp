#include "resolver/lock/target_markers.hpp"

#include "torchup/resolver/target.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace torchup {
namespace {

using Set = MarkerAlgebra::Set;

template <class Value>
std::size_t place_of(const std::vector<Value>& values, const Value& value) {
  return static_cast<std::size_t>(std::find(values.begin(), values.end(), value) - values.begin());
}

}  // namespace

Result<TargetMarkers> TargetMarkers::of(const std::vector<ResolvedTarget>& targets) {
  TargetMarkers made;
  for (const auto& target : targets) {
    TORCHUP_TRY_ASSIGN(Marker environment, environment_marker(target.environment));
    const std::size_t place = place_of(made.m_environments, environment);
    if (place == made.m_environments.size()) made.m_environments.push_back(std::move(environment));
    if (place_of(made.m_variants, target.variant) == made.m_variants.size()) made.m_variants.push_back(target.variant);
    made.m_targets.push_back({place, 0});
  }
  std::sort(made.m_variants.begin(), made.m_variants.end());
  for (std::size_t i = 0; i < targets.size(); ++i) made.m_targets[i].variant = place_of(made.m_variants, targets[i].variant);
  return made;
}

Result<Set> TargetMarkers::environment_set(MarkerAlgebra& algebra, std::size_t place) const { return algebra.of(m_environments[place]); }

/// One variant's extra is asked for, and none of the others.
Result<Set> TargetMarkers::variant_set(MarkerAlgebra& algebra, std::size_t place) const {
  Set set = MarkerAlgebra::all();
  for (std::size_t i = 0; i < m_variants.size(); ++i) {
    if (m_variants[i].empty()) continue;
    TORCHUP_TRY_ASSIGN(const Marker asked, Marker::parse(fmt::format("\"{}\" {} extras", m_variants[i], i == place ? "in" : "not in")));
    TORCHUP_TRY_ASSIGN(const Set one, algebra.of(asked));
    TORCHUP_TRY_ASSIGN(set, algebra.intersection(set, one));
  }
  return set;
}

Result<Marker> TargetMarkers::made(const TargetSet& chosen) const {
  MarkerAlgebra algebra;
  Set wanted = MarkerAlgebra::none(), environments = MarkerAlgebra::none(), variants = MarkerAlgebra::none();
  for (std::size_t place = 0; place < m_environments.size(); ++place) {
    TORCHUP_TRY_ASSIGN(const Set one, environment_set(algebra, place));
    TORCHUP_TRY_ASSIGN(environments, algebra.united(environments, one));
  }
  for (std::size_t variant = 0; variant < m_variants.size(); ++variant) {
    TORCHUP_TRY_ASSIGN(const Set asked, variant_set(algebra, variant));
    TORCHUP_TRY_ASSIGN(variants, algebra.united(variants, asked));
    Set places = MarkerAlgebra::none();
    for (const std::size_t target : chosen) {
      if (m_targets[target].variant != variant) continue;
      TORCHUP_TRY_ASSIGN(const Set one, environment_set(algebra, m_targets[target].environment));
      TORCHUP_TRY_ASSIGN(places, algebra.united(places, one));
    }
    TORCHUP_TRY_ASSIGN(const Set both, algebra.intersection(places, asked));
    TORCHUP_TRY_ASSIGN(wanted, algebra.united(wanted, both));
  }
  TORCHUP_TRY_ASSIGN(const Set among, algebra.intersection(environments, variants));
  TORCHUP_TRY_ASSIGN(MarkerOrTruth marker, algebra.marker(wanted, among));
  if (auto* text = std::get_if<Marker>(&marker)) return std::move(*text);
  return failure({ErrorKind::internal, "a package is for every target and for some", {}, {}});
}

Result<std::optional<Marker>> TargetMarkers::marker(const TargetSet& chosen) {
  if (chosen.size() == m_targets.size()) return std::nullopt;
  if (const auto known = m_markers.find(chosen); known != m_markers.end()) return known->second;
  TORCHUP_TRY_ASSIGN(Marker marker, made(chosen));
  m_markers.emplace(chosen, marker);
  return marker;
}

}  // namespace torchup
