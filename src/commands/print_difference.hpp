#pragma once
// What two locks or environments differ in, as `torchup diff` shows it.

#include "torchup/resolver/lock_difference.hpp"

#include "src/ui/terminal.hpp"

#include <nlohmann/json_fwd.hpp>

#include <optional>
#include <string>
#include <vector>

namespace torchup {

/// What is compared: one side of it, as the user named it.
struct ComparedSide {
  enum class Kind { lock, environment };
  Kind kind;
  std::string path;
  std::optional<unsigned> generation = {};  ///< Of an environment that torchup made.
};

struct Comparison {
  ComparedSide before, after;
  Difference packages;
  std::vector<KeyChange> keys;  ///< Between two locks only.
  bool differs() const { return !packages.empty() || !keys.empty(); }
};

/// A line for each difference, then their number and what they weigh. Ends with a newline.
std::string comparison_text(const Comparison& comparison, const Terminal& terminal);

nlohmann::ordered_json comparison_json(const Comparison& comparison);

}  // namespace torchup
