#include "resolver/requirements/marker_tree.hpp"

#include <fmt/format.h>

namespace torchup {
namespace {

// A literal holds at most one kind of quotes: the kind that did not enclose it.
std::string operand_text(const MarkerOperand& operand) {
  if (const auto* variable = std::get_if<const MarkerVariable*>(&operand)) return std::string((*variable)->name);
  const auto& literal = std::get<std::string>(operand);
  const char quote = literal.find('"') == std::string::npos ? '"' : '\'';
  return quote + literal + quote;
}

}  // namespace

std::string_view marker_operator_text(MarkerOperator op) {
  switch (op) {
    case MarkerOperator::compatible:
      return "~=";
    case MarkerOperator::equal:
      return "==";
    case MarkerOperator::not_equal:
      return "!=";
    case MarkerOperator::less_equal:
      return "<=";
    case MarkerOperator::greater_equal:
      return ">=";
    case MarkerOperator::less:
      return "<";
    case MarkerOperator::greater:
      return ">";
    case MarkerOperator::arbitrary:
      return "===";
    case MarkerOperator::in:
      return "in";
    case MarkerOperator::not_in:
      break;
  }
  return "not in";
}

std::string marker_text(const MarkerComparison& comparison) {
  return fmt::format("{} {} {}", operand_text(comparison.left), marker_operator_text(comparison.op), operand_text(comparison.right));
}

std::string marker_text(const MarkerNode& node) {
  if (node.kind == MarkerNode::Kind::comparison) return marker_text(*node.comparison);
  const char* const joint = node.kind == MarkerNode::Kind::all ? " and " : " or ";
  std::string text;
  for (const MarkerNode& child : node.children) {
    if (!text.empty()) text += joint;
    // `and` binds closer than `or`, so only an `or` inside an `and` needs parentheses.
    const bool enclosed = child.kind == MarkerNode::Kind::any;
    text += enclosed ? "(" + marker_text(child) + ")" : marker_text(child);
  }
  return text;
}

std::string Marker::text() const { return marker_text(*m_root); }

}  // namespace torchup
