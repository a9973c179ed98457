#include "torchup/resolver/specifier.hpp"

#include "resolver/requirements/marker_tree.hpp"
#include "resolver/versions/ascii.hpp"

#include <algorithm>
#include <utility>

namespace torchup {
namespace {

/// One comparison with both sides as text. `type` is that of the side which is a variable.
struct TextComparison {
  MarkerType type;
  std::string left;
  MarkerOperator op;
  std::string right;
};

// The specifier that the operator and the right side make; nothing where they make none.
std::optional<Specifier> specifier_of(const TextComparison& comparison) {
  // "==" before "=3.8" would read as "===3.8".
  if (comparison.right.starts_with('=')) return std::nullopt;
  Result<Specifier> specifier = Specifier::parse(std::string(marker_operator_text(comparison.op)) + comparison.right);
  if (!specifier) return std::nullopt;
  return *std::move(specifier);
}

// Ordering is not defined on text: what may be equal holds where both are equal, the rest never.
bool compare_text(const TextComparison& comparison) {
  switch (comparison.op) {
    case MarkerOperator::in:
      return comparison.right.find(comparison.left) != std::string::npos;
    case MarkerOperator::not_in:
      return comparison.right.find(comparison.left) == std::string::npos;
    case MarkerOperator::not_equal:
      return comparison.left != comparison.right;
    case MarkerOperator::less:
    case MarkerOperator::greater:
      return false;
    case MarkerOperator::arbitrary:
      return lowered(comparison.left) == lowered(comparison.right);
    default:
      return comparison.left == comparison.right;
  }
}

bool compares_versions(MarkerType type, MarkerOperator op) {
  return (type == MarkerType::version || type == MarkerType::version_or_string) && op != MarkerOperator::in &&
         op != MarkerOperator::not_in && op != MarkerOperator::arbitrary;
}

// `~=` and `===` have a meaning between versions only.
bool has_meaning(const TextComparison& comparison) {
  if (comparison.op != MarkerOperator::compatible && comparison.op != MarkerOperator::arbitrary) return true;
  return comparison.type != MarkerType::string && specifier_of(comparison).has_value();
}

bool compare(const TextComparison& comparison) {
  if (!has_meaning(comparison)) return false;
  if (!compares_versions(comparison.type, comparison.op)) return compare_text(comparison);
  const std::optional<Specifier> specifier = specifier_of(comparison);
  const Result<Version> version = Version::parse(comparison.left);
  return specifier && version ? specifier->contains(*version) : compare_text(comparison);
}

// What the variable stands for (PEP 508: "0" for a version that cannot be told, else nothing).
std::string value_of(const MarkerVariable& variable, const MarkerEnvironment& environment) {
  const auto found = environment.values.find(variable.name);
  if (found == environment.values.end()) return variable.type == MarkerType::version ? "0" : "";
  // An interpreter built between releases calls itself "3.14.0+", which is no version.
  if (variable.name == "python_full_version" && found->second.ends_with('+')) return found->second + "local";
  return found->second;
}

bool evaluate_membership(const MarkerVariable& variable, const MarkerComparison& comparison, const std::string& name,
                         const MarkerEnvironment& environment) {
  if (variable.type == MarkerType::extra) {
    if (comparison.op == MarkerOperator::equal) return environment.extras.contains(name);
    return comparison.op == MarkerOperator::not_equal && !environment.extras.contains(name);
  }
  if (!std::holds_alternative<std::string>(comparison.left)) return false;  // only `"x" in extras` is defined
  const auto& members = variable.name == "extras" ? environment.extras : environment.dependency_groups;
  if (comparison.op == MarkerOperator::in) return members.contains(name);
  return comparison.op == MarkerOperator::not_in && !members.contains(name);
}

// The comparison's variable and literal; nulls where it has two of one kind.
std::pair<const MarkerVariable*, const std::string*> parts_of(const MarkerComparison& comparison) {
  const bool variable_first = std::holds_alternative<const MarkerVariable*>(comparison.left);
  const auto* variable = std::get_if<const MarkerVariable*>(variable_first ? &comparison.left : &comparison.right);
  const auto* literal = std::get_if<std::string>(variable_first ? &comparison.right : &comparison.left);
  if (variable == nullptr || literal == nullptr) return {nullptr, nullptr};
  return {*variable, literal};
}

TextComparison as_text(const MarkerComparison& comparison, const MarkerVariable& variable, const std::string& literal, std::string value) {
  if (std::holds_alternative<std::string>(comparison.left)) return {variable.type, literal, comparison.op, std::move(value)};
  return {variable.type, std::move(value), comparison.op, literal};
}

bool evaluate_node(const MarkerNode& node, const MarkerEnvironment& environment) {
  const auto child_holds = [&](const MarkerNode& child) { return evaluate_node(child, environment); };
  switch (node.kind) {
    case MarkerNode::Kind::comparison:
      return holds(*node.comparison, environment);
    case MarkerNode::Kind::all:
      return std::all_of(node.children.begin(), node.children.end(), child_holds);
    case MarkerNode::Kind::any:
      break;
  }
  return std::any_of(node.children.begin(), node.children.end(), child_holds);
}

bool has_meaning(const MarkerComparison& comparison, const MarkerEnvironment& environment) {
  const auto [variable, literal] = parts_of(comparison);
  if (variable == nullptr) return false;
  if (variable->type == MarkerType::extra || variable->type == MarkerType::set) return true;
  return has_meaning(as_text(comparison, *variable, *literal, value_of(*variable, environment)));
}

std::optional<std::string> find_meaningless(const MarkerNode& node, const MarkerEnvironment& environment) {
  if (node.kind == MarkerNode::Kind::comparison) {
    if (has_meaning(*node.comparison, environment)) return std::nullopt;
    return marker_text(*node.comparison);
  }
  for (const MarkerNode& child : node.children) {
    if (auto found = find_meaningless(child, environment)) return found;
  }
  return std::nullopt;
}

}  // namespace

bool holds(const MarkerComparison& comparison, const MarkerEnvironment& environment) {
  const auto [variable, literal] = parts_of(comparison);
  if (variable == nullptr) return false;
  if (variable->type == MarkerType::extra || variable->type == MarkerType::set) {
    return evaluate_membership(*variable, comparison, *literal, environment);
  }
  return compare(as_text(comparison, *variable, *literal, value_of(*variable, environment)));
}

bool Marker::evaluate(const MarkerEnvironment& environment) const { return evaluate_node(*m_root, environment); }

std::optional<std::string> Marker::meaningless_comparison(const MarkerEnvironment& environment) const {
  return find_meaningless(*m_root, environment);
}

}  // namespace torchup
