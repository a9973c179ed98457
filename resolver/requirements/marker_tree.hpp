#pragma once
// A marker as a tree: comparisons joined by `and` and `or`. Made by marker_parse.cpp, read by marker_evaluate.cpp,
// marker_settle.cpp and marker_text.cpp; nobody outside this folder sees it.

#include "torchup/resolver/marker.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace torchup {

/// How a variable's values compare (packaging.python.org, "Dependency specifiers", the table of environment markers).
enum class MarkerType { string, version, version_or_string, set, extra };

struct MarkerVariable {
  std::string_view name;
  MarkerType type;
};

/// The variable of that name, or of that old spelling (`os.name`); null where there is none. It lives for ever.
const MarkerVariable* find_marker_variable(std::string_view name);

enum class MarkerOperator { compatible, equal, not_equal, less_equal, greater_equal, less, greater, arbitrary, in, not_in };

/// As it is written: "~=", "not in".
std::string_view marker_operator_text(MarkerOperator op);

using MarkerOperand = std::variant<const MarkerVariable*, std::string>;  ///< A variable, or a literal without its quotes.

struct MarkerComparison {
  MarkerOperand left;
  MarkerOperator op;
  MarkerOperand right;
};

struct MarkerNode {
  enum class Kind { comparison, all, any };
  Kind kind = Kind::comparison;
  std::optional<MarkerComparison> comparison = {};  ///< Of Kind::comparison.
  std::vector<MarkerNode> children = {};            ///< Of the others: two or more, none of the same kind.
};

/// Whether one comparison holds; one without a meaning does not.
bool holds(const MarkerComparison& comparison, const MarkerEnvironment& environment);

std::string marker_text(const MarkerComparison& comparison);
std::string marker_text(const MarkerNode& node);

}  // namespace torchup
