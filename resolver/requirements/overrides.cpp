#include "torchup/resolver/overrides.hpp"

#include "resolver/requirements/marker_tree.hpp"

#include <algorithm>
#include <set>
#include <utility>

namespace torchup {
namespace {

/// The `extra == "x"` of a marker, in it at any depth.
void find_extras(const MarkerNode& node, std::set<std::string>& found) {
  for (const MarkerNode& child : node.children) find_extras(child, found);
  if (!node.comparison || node.comparison->op != MarkerOperator::equal) return;
  const auto is_extra = [](const MarkerOperand& operand) {
    const auto* variable = std::get_if<const MarkerVariable*>(&operand);
    return variable != nullptr && (*variable)->type == MarkerType::extra;
  };
  if (is_extra(node.comparison->left) || is_extra(node.comparison->right)) found.insert(marker_text(*node.comparison));
}

/// The override's own marker, and that one of these extras was asked for.
std::optional<Marker> joined(const std::optional<Marker>& own, const std::set<std::string>& extras) {
  if (extras.empty()) return own;
  std::string text;
  for (const auto& extra : extras) text += (text.empty() ? "" : " or ") + extra;
  if (own) text = "(" + own->text() + ") and (" + text + ")";
  auto marker = Marker::parse(text);
  return marker ? std::optional(*std::move(marker)) : own;
}

Requirement in_place_of(const Requirement& replaced, Requirement override) {
  std::set<std::string> extras;
  if (replaced.marker) find_extras(replaced.marker->tree(), extras);
  override.marker = joined(override.marker, extras);
  override.extras.insert(override.extras.end(), replaced.extras.begin(), replaced.extras.end());
  std::sort(override.extras.begin(), override.extras.end());
  override.extras.erase(std::unique(override.extras.begin(), override.extras.end()), override.extras.end());
  return override;
}

}  // namespace

std::vector<Requirement> overridden(std::vector<Requirement> requirements, const std::vector<Requirement>& overrides) {
  if (overrides.empty()) return requirements;
  std::vector<Requirement> result;
  for (Requirement& requirement : requirements) {
    bool is_replaced = false;
    for (const Requirement& override : overrides) {
      if (override.name != requirement.name) continue;
      is_replaced = true;
      result.push_back(in_place_of(requirement, override));
    }
    if (!is_replaced) result.push_back(std::move(requirement));
  }
  return result;
}

}  // namespace torchup
