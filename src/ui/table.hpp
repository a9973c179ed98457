#pragma once
// Aligned tables for a terminal: two spaces between columns, the last column wrapped to the width.

#include "src/ui/terminal.hpp"

#include <string>
#include <utility>
#include <vector>

namespace torchup {

struct Cell {
  std::string text;
  Style style = Style::plain;
};

struct Table {
  std::vector<std::string> header = {};  ///< May be empty: then no header line.
  std::vector<std::vector<Cell>> rows = {};
  std::vector<std::size_t> right = {};  ///< Columns that are aligned right.
  std::size_t indent = 0;
};

/// The table as lines, each ending with a newline. Cells pass through `printable`.
std::string table_text(const Table& table, const Terminal& terminal);

}  // namespace torchup
