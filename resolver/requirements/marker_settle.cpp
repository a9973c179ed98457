#include "resolver/requirements/marker_tree.hpp"

#include <utility>

namespace torchup {
namespace {

/// A truth value, or what still depends on the target.
using Remainder = std::variant<bool, MarkerNode>;

bool asks_what_is_chosen(const MarkerComparison& comparison) {
  const auto is_choice = [](const MarkerOperand& operand) {
    const auto* variable = std::get_if<const MarkerVariable*>(&operand);
    return variable != nullptr && ((*variable)->type == MarkerType::extra || (*variable)->type == MarkerType::set);
  };
  return is_choice(comparison.left) || is_choice(comparison.right);
}

Remainder settle(const MarkerNode& node, const MarkerEnvironment& chosen);

/// A conjunction without what holds anyway, a disjunction without what never does; one child stands for itself.
Remainder settle_joint(const MarkerNode& node, const MarkerEnvironment& chosen) {
  const bool neutral = node.kind == MarkerNode::Kind::all;
  MarkerNode rest{.kind = node.kind};
  for (const MarkerNode& child : node.children) {
    Remainder settled = settle(child, chosen);
    if (const bool* known = std::get_if<bool>(&settled)) {
      if (*known != neutral) return !neutral;
      continue;
    }
    auto& left = std::get<MarkerNode>(settled);
    // No child is of its parent's own kind; one that has shrunk may have become so.
    if (left.kind == node.kind) {
      for (MarkerNode& grandchild : left.children) rest.children.push_back(std::move(grandchild));
    } else {
      rest.children.push_back(std::move(left));
    }
  }
  if (rest.children.empty()) return neutral;
  if (rest.children.size() > 1) return rest;
  MarkerNode only = std::move(rest.children.front());
  return only;
}

Remainder settle(const MarkerNode& node, const MarkerEnvironment& chosen) {
  if (node.kind != MarkerNode::Kind::comparison) return settle_joint(node, chosen);
  if (asks_what_is_chosen(*node.comparison)) return holds(*node.comparison, chosen);
  return node;
}

}  // namespace

std::variant<bool, Marker> Marker::settled(const MarkerEnvironment& chosen) const {
  Remainder remainder = settle(*m_root, chosen);
  if (const bool* known = std::get_if<bool>(&remainder)) return *known;
  return Marker(std::make_shared<const MarkerNode>(std::get<MarkerNode>(std::move(remainder))));
}

}  // namespace torchup
