#include "src/ui/progress.hpp"

#include "src/ui/print_error.hpp"
#include "src/ui/printable.hpp"
#include "src/ui/quantities.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>
#include <vector>

namespace torchup {
namespace {

using namespace std::chrono_literals;

constexpr auto k_between_draws = 100ms;
constexpr auto k_between_ci_lines = 5s;
constexpr std::size_t k_most_bars = 4;

std::string bar(std::uint64_t done, std::uint64_t total, std::size_t width) {
  const auto filled =
      total == 0
          ? 0
          : static_cast<std::size_t>(static_cast<double>(std::min(done, total)) / static_cast<double>(total) * static_cast<double>(width));
  std::string text;
  for (std::size_t i = 0; i < width; ++i) text += i < filled ? "━" : "─";
  return text;
}

}  // namespace

void ProgressBoard::update(const std::string& piece, std::uint64_t done, std::uint64_t total, Time now) {
  const auto [at, fresh] = m_pieces.try_emplace(piece);
  if (m_pieces.size() == 1 && fresh) m_start = now;
  if (fresh) m_done_at_start += done;
  at->second = {done, std::max(total, done)};
}

ProgressBoard::Totals ProgressBoard::totals() const {
  Totals totals;
  for (const auto& [name, piece] : m_pieces) {
    totals.done += piece.done;
    totals.total += piece.total;
    if (piece.total > 0 && piece.done == piece.total) ++totals.finished;
  }
  return totals;
}

double ProgressBoard::rate(Time now) const {
  const double seconds = std::chrono::duration<double>(now - m_start).count();
  const auto done = totals().done;
  return seconds > 0 && done > m_done_at_start ? static_cast<double>(done - m_done_at_start) / seconds : 0;
}

bool ProgressBoard::finished() const { return totals().finished == m_pieces.size(); }

std::string ProgressBoard::summary(Time now) const {
  const Totals all = totals();
  std::string text = fmt::format("{}/{}  {} of {}", all.finished, m_pieces.size(), bytes_text(all.done), bytes_text(all.total));
  const double speed = rate(now);
  if (speed < 1) return text;
  text += fmt::format("  {}/s", bytes_text(static_cast<std::uint64_t>(speed)));
  if (all.total > all.done) text += fmt::format("  {} left", seconds_text(static_cast<double>(all.total - all.done) / speed));
  return text;
}

std::vector<std::string> ProgressBoard::lines(const Terminal& terminal, std::size_t most, Time now) const {
  std::vector<std::pair<std::string, Piece>> open;
  for (const auto& [name, piece] : m_pieces) {
    if (piece.done < piece.total && piece.done > 0) open.emplace_back(name, piece);
  }
  std::sort(open.begin(), open.end(), [](const auto& a, const auto& b) { return a.second.total > b.second.total; });
  if (open.size() > most) open.resize(most);

  constexpr std::size_t k_name = 26;
  constexpr std::size_t k_figures = 22;
  const std::size_t width = std::clamp<std::size_t>(terminal.width(), 60, 120) - k_name - k_figures - 2;
  std::vector<std::string> lines;
  for (const auto& [name, piece] : open) {
    std::string shown = printable(name, k_name);
    if (const auto used = columns(shown); used < k_name) shown.append(k_name - used, ' ');
    const std::string figures = fmt::format("{:>9} of {}", bytes_text(piece.done), bytes_text(piece.total));
    lines.push_back(shown + terminal.styled(Style::accent, bar(piece.done, piece.total, width)) + " " + figures);
  }
  lines.push_back(terminal.styled(Style::bold, "fetching") + "  " + summary(now));
  return lines;
}

TerminalDiagnostics::TerminalDiagnostics(std::FILE* stream, Terminal terminal, DiagnosticsSettings settings)
    : m_stream(stream), m_terminal(terminal), m_settings(settings) {}

TerminalDiagnostics::~TerminalDiagnostics() { clear(); }

void TerminalDiagnostics::line(const std::string& text) {
  const std::lock_guard lock(m_mutex);
  erase();
  std::fputs(text.c_str(), m_stream);
  std::fflush(m_stream);
}

void TerminalDiagnostics::warn(std::string_view sentence) {
  if (!m_settings.quiet) line(warning_text(sentence, m_terminal));
}

void TerminalDiagnostics::note(std::string_view sentence) {
  if (m_settings.verbosity > 0) line(m_terminal.styled(Style::dim, printable(sentence)) + "\n");
}

void TerminalDiagnostics::explain(std::string_view sentence) {
  if (m_settings.explain)
    line(m_terminal.styled(Style::accent, "because") + " " + wrapped(printable(sentence), m_terminal.width() - 8, 2) + "\n");
}

void TerminalDiagnostics::progress(std::string_view piece, std::uint64_t done, std::uint64_t total) {
  const auto now = std::chrono::steady_clock::now();
  const std::lock_guard lock(m_mutex);
  m_board.update(std::string(piece), done, total, now);
  if (m_settings.quiet || m_settings.progress == Choice::never) return;
  const bool live = m_terminal.interactive() || m_settings.progress == Choice::always;
  if (!live && !m_settings.ci) return;
  if (now - m_last_draw <
      (live && m_terminal.interactive() ? std::chrono::milliseconds(k_between_draws) : std::chrono::milliseconds(k_between_ci_lines)))
    return;
  m_last_draw = now;
  if (m_terminal.interactive()) {
    draw(now);
  } else {
    std::fputs(("fetching  " + m_board.summary(now) + "\n").c_str(), m_stream);
    std::fflush(m_stream);
  }
}

void TerminalDiagnostics::clear() {
  const std::lock_guard lock(m_mutex);
  erase();
  m_board = {};
}

void TerminalDiagnostics::erase() {
  // Up one line and clear it, for each line of the block (ECMA-48 CUU and EL).
  for (; m_drawn > 0; --m_drawn) std::fputs("\x1b[1A\x1b[2K", m_stream);
  std::fflush(m_stream);
}

void TerminalDiagnostics::draw(std::chrono::steady_clock::time_point now) {
  erase();
  for (const auto& text : m_board.lines(m_terminal, k_most_bars, now)) {
    std::fputs((text + "\n").c_str(), m_stream);
    ++m_drawn;
  }
  std::fflush(m_stream);
}

}  // namespace torchup
