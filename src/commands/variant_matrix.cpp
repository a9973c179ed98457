#include "src/commands/variant_matrix.hpp"

#include "src/commands/print_host.hpp"
#include "src/ui/table.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <map>
#include <set>
#include <tuple>

namespace torchup {
namespace {

enum class Mark { none, no, nearly, yes, chosen };

/// CUDA's builds by their number, ROCm's together: a screen has no room for twenty of them.
std::string column_of(const std::string& variant) {
  if (variant.starts_with("rocm")) return "rocm";
  return variant.starts_with("cu") ? variant.substr(2) : variant;
}

bool says(const RankedVariant& variant, std::string_view code) {
  return std::any_of(variant.reasons.begin(), variant.reasons.end(), [&](const auto& reason) { return reason.code == code; });
}

Mark mark_of(const RankedVariant& variant, const VariantChoice& choice) {
  // What is published for other systems, or not at all, is no build that this host could have.
  if (says(variant, "not-published") || says(variant, "os-unsupported")) return Mark::none;
  const auto& chosen = choice.chosen;
  if (chosen && chosen->release == variant.release && chosen->name == variant.name && chosen->index == variant.index) return Mark::chosen;
  if (!variant.fits) return Mark::no;
  const bool is_native = !says(variant, "driver-minor-compatible") && !says(variant, "arch-ptx") && !says(variant, "arch-missing");
  return is_native ? Mark::yes : Mark::nearly;
}

/// cpu, xpu, mps and rocm, then CUDA's from new to old.
std::tuple<int, int> order_of(const std::string& column) {
  static const std::map<std::string, int> k_first = {{"cpu", 0}, {"mps", 1}, {"xpu", 2}, {"rocm", 3}};
  const auto at = k_first.find(column);
  const bool is_number = column.find_first_not_of("0123456789") == std::string::npos && !column.empty() && column.size() < 6;
  return at != k_first.end() ? std::make_tuple(at->second, 0) : std::make_tuple(4, is_number ? -std::stoi(column) : 0);
}

using Marks = std::map<std::string, Mark>;  // by column

/// "2.14" of "2.14.1".
std::string series_of(const std::string& release) { return release.substr(0, release.find('.', release.find('.') + 1)); }

struct Row {
  std::string series;
  std::vector<std::string> releases;  ///< From new to old.
  Marks marks;
};

/// The releases of a series that do not differ are one row. Where one is chosen, it stands alone.
std::vector<Row> rows_of(const VariantChoice& choice) {
  std::map<NumericVersion, Marks, std::greater<>> releases;
  for (const auto& variant : choice.ranked) {
    auto& mark = releases[NumericVersion::parse(variant.release).value()][column_of(variant.name)];
    mark = std::max(mark, mark_of(variant, choice));
  }
  std::vector<Row> rows;
  for (const auto& [release, marks] : releases) {
    const auto series = series_of(release.text());
    if (!rows.empty() && rows.back().series == series && rows.back().marks == marks) {
      rows.back().releases.push_back(release.text());
    } else {
      rows.push_back({series, {release.text()}, marks});
    }
  }
  return rows;
}

std::vector<std::string> columns_of(const std::vector<Row>& rows) {
  std::set<std::string> used;
  for (const auto& row : rows) {
    for (const auto& [column, mark] : row.marks) {
      if (mark != Mark::none) used.insert(column);
    }
  }
  std::vector<std::string> columns(used.begin(), used.end());
  std::sort(columns.begin(), columns.end(), [](const auto& a, const auto& b) { return order_of(a) < order_of(b); });
  return columns;
}

/// "2.4.0-2.4.1" is too wide for a screen; "2.4.0-1" says the same.
std::string name_of(const Row& row) {
  if (row.releases.size() == 1) return row.releases.front();
  const auto& newest = row.releases.front();
  return fmt::format("{}-{}", row.releases.back(), newest.substr(newest.rfind('.') + 1));
}

std::string_view sign_of(Mark mark) {
  switch (mark) {
    case Mark::none:
      return " ";
    case Mark::no:
      return "✗";
    case Mark::nearly:
      return "~";
    case Mark::yes:
      return "✓";
    case Mark::chosen:
      return "▸";
  }
  return " ";
}

Style style_of(Mark mark) { return mark == Mark::no ? Style::dim : mark == Mark::chosen ? Style::good : Style::plain; }

std::string padded(std::string text, std::size_t width) {
  text.resize(std::max(text.size(), width), ' ');
  return text;
}

std::string row_text(const Row& row, const std::vector<std::string>& columns, const Terminal& terminal) {
  std::string line = padded(name_of(row), 10);
  for (const auto& column : columns) {
    const auto at = row.marks.find(column);
    const Mark mark = at == row.marks.end() ? Mark::none : at->second;
    line += std::string(column.size(), ' ') + terminal.styled(style_of(mark), sign_of(mark));
  }
  return line.substr(0, line.find_last_not_of(' ') + 1) + "\n";
}

}  // namespace

std::string matrix_text(const VariantChoice& choice, const HostFacts& facts, const Terminal& terminal) {
  const auto rows = rows_of(choice);
  const auto columns = columns_of(rows);
  std::string header = padded("torch", 10);
  for (const auto& column : columns) header += " " + column;
  std::string text = terminal.styled(Style::dim, wrapped(host_line(facts), terminal.width(), 2)) + "\n\n";
  text += terminal.styled(Style::bold, header) + "\n";
  for (const auto& row : rows) text += row_text(row, columns, terminal);
  text += "\n▸ chosen  ✓ fits  ✗ does not  ~ by minor-version compatibility, PTX or in part\n";
  text += "130 is cu130, rocm the best of its builds; `torchup variants torch==V` says why\n";
  return text + wrapped(choice.summary, terminal.width(), 0) + "\n";
}

}  // namespace torchup
