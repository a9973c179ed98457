#include "resolver/requirements/marker_constraint.hpp"

#include "resolver/requirements/marker_bounds.hpp"

#include <algorithm>
#include <iterator>

namespace torchup {
namespace {

using Kind = MarkerQuestion::Kind;
using Place = VersionBound::Place;
using Texts = std::vector<std::string>;

/// All from the first range to the last, and what is left out between them.
VersionSet hull(const VersionSet& versions) { return VersionSet::between(versions.ranges().front().low, versions.ranges().back().high); }

/// `python_version >= "3.8" and python_version != "3.9"`, where every hole is one comparison.
std::optional<MarkerAlternatives> with_holes(const VersionSet& versions, std::string_view variable) {
  auto texts = range_texts(hull(versions).ranges().front(), variable);
  if (!texts) return std::nullopt;
  const VersionSet missing = hull(versions).intersection(versions.complement());
  for (const auto& hole : missing.ranges()) {
    const auto text = hole_text(hole, variable);
    if (!text) return std::nullopt;
    texts->push_back(*text);
  }
  return MarkerAlternatives{*std::move(texts)};
}

std::optional<MarkerAlternatives> version_alternatives(const VersionSet& versions, std::string_view variable) {
  if (versions.ranges().size() > 1) {
    if (auto alternatives = with_holes(versions, variable)) return alternatives;
  }
  MarkerAlternatives alternatives;
  for (const auto& range : versions.ranges()) {
    auto texts = range_texts(range, variable);
    if (!texts) return std::nullopt;
    alternatives.push_back(*std::move(texts));
  }
  return alternatives;
}

MarkerAlternatives text_alternatives(const MarkerConstraint& constraint) {
  MarkerAlternatives alternatives;
  if (!constraint.positive) alternatives.emplace_back();
  for (const auto& text : constraint.texts) {
    const auto op = constraint.positive ? MarkerOperator::equal : MarkerOperator::not_equal;
    if (constraint.positive) alternatives.emplace_back();
    alternatives.back().push_back(marker_text(MarkerComparison{constraint.question->variable, op, text}));
  }
  return alternatives;
}

std::optional<MarkerAlternatives> answer_alternatives(const MarkerConstraint& constraint) {
  MarkerComparison comparison = *constraint.question->comparison;
  if (!constraint.positive) {
    // No operator is the opposite of `<`: 1.0rc1 is neither `<1.0` nor `>=1.0`.
    if (comparison.op != MarkerOperator::equal && comparison.op != MarkerOperator::in) return std::nullopt;
    comparison.op = comparison.op == MarkerOperator::in ? MarkerOperator::not_in : MarkerOperator::not_equal;
  }
  return MarkerAlternatives{{marker_text(comparison)}};
}

std::size_t comparisons_in(const VersionSet& versions, std::string_view variable) {
  const auto alternatives = version_alternatives(versions, variable);
  if (!alternatives) return SIZE_MAX;
  std::size_t count = 0;
  for (const auto& texts : *alternatives) count += texts.size();
  return count;
}

}  // namespace

std::optional<MarkerAlternatives> alternatives_of(const MarkerConstraint& constraint) {
  switch (constraint.question->kind) {
    case Kind::version:
      return version_alternatives(constraint.versions, constraint.question->variable->name);
    case Kind::text:
      return text_alternatives(constraint);
    case Kind::yes_no:
      break;
  }
  return answer_alternatives(constraint);
}

MarkerConstraint constraint_of(const MarkerDiagram::Node& node, const std::vector<bool>& chosen) {
  MarkerConstraint constraint{node.question};
  switch (node.question->kind) {
    case Kind::version:
      for (std::size_t i = 0; i < chosen.size(); ++i) {
        if (!chosen[i]) continue;
        const VersionBound low = i == 0 ? VersionBound{Place::before_all} : node.bounds[i - 1];
        const VersionBound high = i == node.bounds.size() ? VersionBound{Place::after_all} : node.bounds[i];
        constraint.versions = constraint.versions.united(VersionSet::between(low, high));
      }
      break;
    case Kind::text:
      constraint.positive = !chosen.back();
      for (std::size_t i = 0; i < node.texts.size(); ++i) {
        if (chosen[i] == constraint.positive) constraint.texts.push_back(node.texts[i]);
      }
      break;
    case Kind::yes_no:
      constraint.positive = chosen.back();
      break;
  }
  return constraint;
}

std::vector<MarkerConstraint> weaker_forms(const MarkerConstraint& constraint) {
  std::vector<MarkerConstraint> forms;
  if (constraint.question->kind == Kind::text && !constraint.positive && constraint.texts.size() > 1) {
    for (std::size_t i = 0; i < constraint.texts.size(); ++i) {
      forms.push_back(constraint);
      forms.back().texts.erase(forms.back().texts.begin() + static_cast<std::ptrdiff_t>(i));
    }
  }
  if (constraint.question->kind != Kind::version) return forms;
  const VersionSet whole = hull(constraint.versions);
  const std::string_view variable = constraint.question->variable->name;
  const auto above = VersionSet::between(whole.ranges().front().low, {Place::after_all});
  const auto below = VersionSet::between({Place::before_all}, whole.ranges().front().high);
  const auto no_end = constraint.versions.united(VersionSet::between(constraint.versions.ranges().back().low, {Place::after_all}));
  const auto no_begin = constraint.versions.united(VersionSet::between({Place::before_all}, constraint.versions.ranges().front().high));
  for (const auto& versions : {above, below, whole, no_end, no_begin}) {
    if (versions == constraint.versions || comparisons_in(versions, variable) >= comparisons_in(constraint.versions, variable)) continue;
    forms.push_back(constraint);
    forms.back().versions = versions;
  }
  return forms;
}

MarkerConstraint united(const MarkerConstraint& left, const MarkerConstraint& right) {
  MarkerConstraint both{left.question};
  both.versions = left.versions.united(right.versions);
  both.positive = left.positive && right.positive;
  const auto into = std::back_inserter(both.texts);
  const auto &a = left.texts, &b = right.texts;
  if (left.positive && right.positive) {
    std::set_union(a.begin(), a.end(), b.begin(), b.end(), into);
  } else if (left.positive) {
    std::set_difference(b.begin(), b.end(), a.begin(), a.end(), into);
  } else if (right.positive) {
    std::set_difference(a.begin(), a.end(), b.begin(), b.end(), into);
  } else {
    std::set_intersection(a.begin(), a.end(), b.begin(), b.end(), into);
  }
  return both;
}

Result<MarkerDiagram::Id> set_of(MarkerDiagram& diagram, const MarkerConstraint& constraint) {
  switch (constraint.question->kind) {
    case Kind::version:
      return diagram.of_versions(*constraint.question, constraint.versions);
    case Kind::text:
      return diagram.of_texts(*constraint.question, constraint.texts, !constraint.positive);
    case Kind::yes_no:
      break;
  }
  return diagram.of_answer(*constraint.question, constraint.positive);
}

}  // namespace torchup
