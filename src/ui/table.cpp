#include "src/ui/table.hpp"

#include "src/ui/printable.hpp"

#include <algorithm>

namespace torchup {
namespace {

constexpr std::size_t k_gap = 2;
constexpr std::size_t k_narrowest_last = 20;

std::vector<std::size_t> column_widths(const Table& table) {
  std::vector<std::size_t> widths;
  const auto widen = [&](std::size_t i, std::string_view text) {
    if (widths.size() <= i) widths.resize(i + 1, 0);
    widths[i] = std::max(widths[i], columns(printable(text)));
  };
  for (std::size_t i = 0; i < table.header.size(); ++i) widen(i, table.header[i]);
  for (const auto& row : table.rows) {
    for (std::size_t i = 0; i < row.size(); ++i) widen(i, row[i].text);
  }
  return widths;
}

class Printer {
 public:
  Printer(const Table& table, const Terminal& terminal) : m_table(table), m_terminal(terminal), m_widths(column_widths(table)) {}

  std::string line(const std::vector<Cell>& row) const {
    std::string text(m_table.indent, ' ');
    std::size_t column = m_table.indent;
    for (std::size_t i = 0; i < row.size(); ++i) {
      const bool last = i + 1 == row.size();
      const std::string content = printable(row[i].text);
      const std::size_t width = columns(content);
      const std::size_t padding = m_widths[i] - std::min(width, m_widths[i]);
      const bool right = std::find(m_table.right.begin(), m_table.right.end(), i) != m_table.right.end();
      if (right) text.append(padding, ' ');
      if (last) {
        const std::size_t room = std::max(m_terminal.width(), column + k_narrowest_last) - column;
        text += styled_lines(row[i].style, width > room ? wrapped(content, room, 0) : content, column);
      } else {
        text += m_terminal.styled(row[i].style, content);
        text.append((right ? 0 : padding) + k_gap, ' ');
        column += m_widths[i] + k_gap;
      }
    }
    text.erase(text.find_last_not_of(' ') + 1);
    return text + "\n";
  }

 private:
  /// Each line styled by itself, so that the indent is not.
  std::string styled_lines(Style style, std::string_view content, std::size_t indent) const {
    std::string text;
    for (bool first = true; first || !content.empty(); first = false) {
      const auto end = std::min(content.find('\n'), content.size());
      if (!first) {
        text += '\n';
        text.append(indent, ' ');
      }
      text += m_terminal.styled(style, content.substr(0, end));
      content.remove_prefix(std::min(end + 1, content.size()));
    }
    return text;
  }

  const Table& m_table;
  const Terminal& m_terminal;
  std::vector<std::size_t> m_widths;
};

}  // namespace

std::string table_text(const Table& table, const Terminal& terminal) {
  const Printer printer(table, terminal);
  std::string text;
  if (!table.header.empty()) {
    std::vector<Cell> header;
    for (const auto& name : table.header) header.push_back({name, Style::dim});
    text += printer.line(header);
  }
  for (const auto& row : table.rows) text += printer.line(row);
  return text;
}

}  // namespace torchup
