#pragma once
// A lock's dependency tree as `torchup tree` shows it.

#include "src/commands/tree_view.hpp"
#include "src/ui/terminal.hpp"

#include <nlohmann/json_fwd.hpp>

#include <string>

namespace torchup {

/// A line for each row with the size of its wheels, then the totals and what the marks mean. Ends with a newline.
std::string tree_text(const TreeView& view, const Terminal& terminal);

/// The packages that the tree holds, flat: each with its size, its neighbours and how far from a root it stands.
nlohmann::ordered_json tree_json(const TreeView& view);

}  // namespace torchup
