#include "src/commands/print_tree.hpp"

#include "torchup/resolver/variant_needs.hpp"

#include "src/ui/printable.hpp"
#include "src/ui/quantities.hpp"

#include <fmt/ranges.h>

#include <algorithm>
#include <map>
#include <set>

namespace torchup {
namespace {

constexpr std::size_t k_size_columns = 8, k_level_columns = 3;

std::string size_text(const WheelTotals& totals) {
  if (totals.wheels > 0 && totals.without_size == totals.wheels) return "?";
  return bytes_text(totals.bytes);
}

/// "3.03 GB in 32 wheels", and how much of it is not known.
std::string totals_text(const WheelTotals& totals) {
  std::string text = fmt::format("{} in {}", bytes_text(totals.bytes), count_text(totals.wheels, "wheel"));
  if (totals.without_size > 0) text += fmt::format(", and {} whose size the lock does not name", count_text(totals.without_size, "wheel"));
  return text;
}

class TreePrinter {
 public:
  TreePrinter(const TreeView& view, const Terminal& terminal) : m_view(view), m_terminal(terminal), m_rows(rows_of(view, view.deepest)) {
    for (const DependencyRoot& root : view.graph.roots) m_reasons.emplace(root.package, root.reason);
  }

  std::string run() {
    std::string text;
    for (const TreeRow& row : m_rows) text += line(row) + "\n";
    if (!m_rows.empty()) text += "\n";
    text += m_view.inverted ? why() : totals();
    if (m_elsewhere) text += m_terminal.styled(Style::dim, "(*) what it leads to stands elsewhere in the tree") + "\n";
    if (m_cut) text += m_terminal.styled(Style::dim, "(…) leads on; --depth shows more") + "\n";
    return text;
  }

 private:
  /// Lines of the ancestors that go on below; of a very deep row only the nearest.
  std::string branches(const TreeRow& row) const {
    if (row.depth == 0) return "";
    const std::size_t most = std::max<std::size_t>(m_terminal.width() / 2 / k_level_columns, 4);
    std::vector<const char*> pieces = {row.last ? "└─ " : "├─ "};
    for (std::size_t at = row.parent; m_rows[at].depth > 0 && pieces.size() < most; at = m_rows[at].parent)
      pieces.push_back(m_rows[at].last ? "   " : "│  ");
    std::string text = row.depth > pieces.size() ? "…  " : "";
    for (auto piece = pieces.rbegin(); piece != pieces.rend(); ++piece) text += *piece;
    return text;
  }

  std::string line(const TreeRow& row) {
    const std::string lines = branches(row);
    const std::size_t room = k_size_columns + 2 + columns(lines);
    if (row.missing) {
      const auto& [name, version] = m_view.graph.nodes[row.package].missing[*row.missing];
      return std::string(k_size_columns + 2, ' ') + m_terminal.styled(Style::dim, lines) +
             fmt::format("{} {} ", name.text(), version.text()) + m_terminal.styled(Style::warning, "is not in the lock");
    }
    const LockedPackage& package = m_view.lock.packages[row.package];
    const std::string size = size_text(wheel_totals(package)), name = package.name.text(), version = package.version.text();
    std::string text(k_size_columns - std::min(size.size(), k_size_columns), ' ');
    text += m_terminal.styled(Style::dim, size) + "  " + m_terminal.styled(Style::dim, lines);
    text += m_terminal.styled(row.depth == 0 ? Style::bold : Style::plain, name) + " " + version;
    std::size_t column = room + name.size() + 1 + version.size();
    for (const std::string& note : notes(row, package)) {
      // What does not fit is left out from its end: a name is never parted from its line.
      const std::size_t left = m_terminal.width() > column + 3 ? m_terminal.width() - column - 3 : 0;
      const std::string shown = columns(note) <= left + 2 ? note : clipped(note, left);
      if (shown.empty()) break;
      text += " " + m_terminal.styled(Style::dim, shown);
      column += 1 + columns(shown);
    }
    return text;
  }

  /// At most that many columns of it and an ellipsis; nothing where that says nothing.
  static std::string clipped(const std::string& text, std::size_t most) {
    if (most < 8) return "";
    std::string result;
    std::size_t taken = 0;
    for (const char c : text) {
      const bool begins = (static_cast<unsigned char>(c) & 0xC0) != 0x80;
      if (begins && taken++ == most) break;
      result += c;
    }
    return result + "…";
  }

  /// What is said behind a package, the most important first.
  std::vector<std::string> notes(const TreeRow& row, const LockedPackage& package) {
    std::vector<std::string> found;
    if (row.below == Below::elsewhere) {
      m_elsewhere = true;
      found.emplace_back("(*)");
    } else if (row.below == Below::cut) {
      m_cut = true;
      found.emplace_back("(…)");
    }
    const auto& requests = m_view.graph.nodes[row.package].requests;
    if (m_view.inverted && !requests.empty())
      found.push_back("asked for as " + printable(fmt::format("{}", fmt::join(requests, ", ")), 200));
    const auto reason = m_reasons.find(row.package);
    if (!m_view.inverted && row.depth == 0 && anything_requested() && reason != m_reasons.end() && reason->second != RootReason::requested)
      found.emplace_back("not asked for");
    if (package.wheels.size() > 1) found.push_back(count_text(package.wheels.size(), "wheel"));
    if (package.marker) found.push_back("; " + printable(package.marker->text(), 500));
    return found;
  }

  bool anything_requested() const { return !m_view.graph.roots.empty() && m_view.graph.roots.front().reason == RootReason::requested; }

  std::string totals() const {
    const std::size_t count = m_view.lock.packages.size(), shown = depths_of(m_rows).size();
    std::string text = fmt::format("{}, {}", count_text(count, "package"), totals_text(wheel_totals(m_view.lock)));
    if (shown < count) text += fmt::format("; {} of them shown", shown);
    text = wrapped(text, m_terminal.width(), 2) + "\n";
    for (const auto& entries : entries_of_one_name(m_view.lock)) {
      std::vector<std::string> versions;
      for (const std::size_t entry : entries) versions.push_back(m_view.lock.packages[entry].version.text());
      text += wrapped(fmt::format("{} stands {} times: {}", m_view.lock.packages[entries.front()].name.text(), entries.size(),
                                  fmt::join(versions, ", ")),
                      m_terminal.width(), 2) +
              "\n";
    }
    const bool flat = std::all_of(m_view.graph.nodes.begin(), m_view.graph.nodes.end(),
                                  [](const DependencyNode& node) { return node.needs.empty() && node.missing.empty(); });
    for (const auto& needs : m_view.lock.tool.needs) text += wrapped(printable(needs_text(needs), 1000), m_terminal.width(), 2) + "\n";
    if (flat && count > 1) text += "this lock does not say what depends on what\n";
    return text;
  }

  /// Which requests lead to the package, whatever the depth that is shown.
  std::string why() const {
    std::set<std::string> asked;
    const auto depths = depths_of(rows_of(m_view, std::nullopt));
    std::size_t leading = 0;
    for (const auto& [package, depth] : depths) {
      const auto& requests = m_view.graph.nodes[package].requests;
      asked.insert(requests.begin(), requests.end());
      if (depth > 0) ++leading;
    }
    std::string text = fmt::format("{} to {}",
                                   leading == 0   ? "nothing leads"
                                   : leading == 1 ? "1 package leads"
                                                  : fmt::format("{} packages lead", leading),
                                   m_view.inverted->text());
    text += asked.empty() ? "; the lock does not say what was asked for, or none of it needs this"
                          : fmt::format("; it is there for {}", fmt::join(asked, ", "));
    return wrapped(printable(text), m_terminal.width(), 2) + "\n";
  }

  const TreeView& m_view;
  const Terminal& m_terminal;
  std::vector<TreeRow> m_rows;
  std::map<std::size_t, RootReason> m_reasons;
  bool m_elsewhere = false, m_cut = false;
};

}  // namespace

std::string tree_text(const TreeView& view, const Terminal& terminal) { return TreePrinter(view, terminal).run(); }

}  // namespace torchup
