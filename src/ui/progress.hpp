#pragma once
// What stages say while they work, on stderr: warnings, notes, and one live block of bytes, rate and time left. Without a
// terminal a line every few seconds where CI is set, else nothing.

#include "torchup/core/diagnostics.hpp"

#include "src/ui/terminal.hpp"

#include <chrono>
#include <cstdio>
#include <map>
#include <mutex>
#include <string>
#include <vector>

namespace torchup {

/// The state of all pieces of work, and how it reads. A value: time is passed in.
class ProgressBoard {
 public:
  using Time = std::chrono::steady_clock::time_point;

  void update(const std::string& piece, std::uint64_t done, std::uint64_t total, Time now);

  /// One line for all pieces together: "12/32  1.21 GB of 3.03 GB  248 MB/s  7.3 s left".
  std::string summary(Time now) const;

  /// A bar and figures for each of the largest unfinished pieces, at most `most`, then the summary; lines without newline.
  std::vector<std::string> lines(const Terminal& terminal, std::size_t most, Time now) const;

  bool finished() const;  ///< Every piece known so far is done.
  bool empty() const { return m_pieces.empty(); }

 private:
  struct Piece {
    std::uint64_t done = 0, total = 0;
  };
  struct Totals {
    std::uint64_t done = 0, total = 0;
    std::size_t finished = 0;
  };
  Totals totals() const;
  double rate(Time now) const;  // bytes a second since the first update

  std::map<std::string, Piece> m_pieces;
  Time m_start{};
  std::uint64_t m_done_at_start = 0;  // what a resumed download had already
};

struct DiagnosticsSettings {
  Choice progress = Choice::automatic;
  bool quiet = false;
  int verbosity = 0;
  bool explain = false;
  bool ci = false;
};

/// Writes to stderr; safe to call from several threads.
class TerminalDiagnostics final : public Diagnostics {
 public:
  TerminalDiagnostics(std::FILE* stream, Terminal terminal, DiagnosticsSettings settings);
  ~TerminalDiagnostics() override;

  void warn(std::string_view sentence) override;
  void note(std::string_view sentence) override;
  void explain(std::string_view sentence) override;
  void progress(std::string_view piece, std::uint64_t done, std::uint64_t total) override;

  /// Takes the live block off the screen and forgets the pieces: before the next stage or the report.
  void clear();

 private:
  void line(const std::string& text);
  void erase();
  void draw(std::chrono::steady_clock::time_point now);

  std::mutex m_mutex;
  std::FILE* m_stream;  // stderr; not owned
  Terminal m_terminal;
  DiagnosticsSettings m_settings;
  ProgressBoard m_board;
  std::size_t m_drawn = 0;  // lines of the live block on the screen
  std::chrono::steady_clock::time_point m_last_draw{};
};

}  // namespace torchup
