#include "src/validate/child/child_process.hpp"

#include "src/validate/child/launch.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <fcntl.h>
#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>
#include <utility>

namespace torchup {

namespace {

using Clock = std::chrono::steady_clock;

constexpr std::size_t k_printed_kept = 8 << 10;
constexpr std::size_t k_longest_line = 1 << 20;
constexpr std::size_t k_most_reported = 16 << 20;
constexpr std::chrono::milliseconds k_tick{50};  // how soon a cancellation or a time limit is noticed

/// Cuts a stream into lines; a line that never ends and a report without end are dropped.
class LineCutter {
 public:
  explicit LineCutter(const ReportLine& on_line) : m_on_line(on_line) {}

  void take(std::string_view bytes) {
    m_taken += bytes.size();
    if (m_taken > k_most_reported) return;
    m_rest += bytes;
    std::size_t start = 0;
    for (std::size_t end = m_rest.find('\n'); end != std::string::npos; end = m_rest.find('\n', start)) {
      m_on_line(std::string_view(m_rest).substr(start, end - start));
      start = end + 1;
    }
    m_rest.erase(0, start);
    if (m_rest.size() > k_longest_line) m_taken = k_most_reported;
  }

 private:
  const ReportLine& m_on_line;
  std::string m_rest;
  std::size_t m_taken = 0;
};

/// Reads what is there without waiting for more; false at the end of the stream.
template <class Take>
bool drain(int descriptor, const Take& take) {
  std::array<char, 16384> block;
  while (true) {
    const auto got = ::read(descriptor, block.data(), block.size());
    if (got > 0) {
      take(std::string_view(block.data(), static_cast<std::size_t>(got)));
    } else if (got < 0 && errno == EINTR) {
      continue;
    } else {
      return got < 0 && errno == EAGAIN;
    }
  }
}

class Watch {
 public:
  Watch(pid_t child, Pipe& report, Pipe& printed, const ReportLine& on_line)
      : m_child(child), m_report(report), m_printed(printed), m_lines(on_line) {
    ::fcntl(m_report.read.get(), F_SETFL, O_NONBLOCK);
    ::fcntl(m_printed.read.get(), F_SETFL, O_NONBLOCK);
  }

  ~Watch() { end_group(); }
  Watch(const Watch&) = delete;
  Watch& operator=(const Watch&) = delete;

  Result<ChildOutcome> until(Clock::time_point deadline, const Cancellation& cancellation) {
    while (!ended()) {
      TORCHUP_TRY(cancellation.check());
      if (Clock::now() >= deadline) {
        end_group();
        m_outcome.end = ChildEnd::timed_out;
        break;
      }
      wait_for_output();
    }
    read_all();
    return std::move(m_outcome);
  }

 private:
  bool ended() {
    int status = 0;
    if (::waitpid(m_child, &status, WNOHANG) != m_child) return false;
    m_reaped = true;
    note_status(status, m_outcome);
    return true;
  }

  void wait_for_output() {
    std::array<pollfd, 2> wanted{pollfd{m_report_open ? m_report.read.get() : -1, POLLIN, 0},
                                 pollfd{m_printed_open ? m_printed.read.get() : -1, POLLIN, 0}};
    const bool closed = !m_report_open && !m_printed_open;
    ::poll(wanted.data(), wanted.size(), closed ? 1 : static_cast<int>(k_tick.count()));
    read_all();
  }

  void read_all() {
    if (m_report_open) m_report_open = drain(m_report.read.get(), [this](std::string_view bytes) { m_lines.take(bytes); });
    if (m_printed_open) m_printed_open = drain(m_printed.read.get(), [this](std::string_view bytes) { keep_printed(bytes); });
  }

  void keep_printed(std::string_view bytes) {
    m_outcome.printed += bytes;
    if (m_outcome.printed.size() > k_printed_kept) m_outcome.printed.erase(0, m_outcome.printed.size() - k_printed_kept);
  }

  /// Whatever the child started ends with it.
  void end_group() {
    if (std::exchange(m_reaped, true)) {
      ::kill(-m_child, SIGKILL);
    } else {
      end_with_group(m_child);
    }
  }

  pid_t m_child;
  Pipe& m_report;
  Pipe& m_printed;
  LineCutter m_lines;
  ChildOutcome m_outcome;
  bool m_report_open = true, m_printed_open = true, m_reaped = false;
};

}  // namespace

Result<ChildOutcome> run_child(const ChildCommand& command, const ReportLine& on_line, const Cancellation& cancellation) {
  TORCHUP_TRY_ASSIGN(Pipe report, make_pipe());
  TORCHUP_TRY_ASSIGN(Pipe printed, make_pipe());
  const auto deadline = Clock::now() + command.limit;
  TORCHUP_TRY_ASSIGN(const pid_t child, launch({.arguments = command.arguments,
                                                .environment = command.environment,
                                                .report = report.write.get(),
                                                .printed = printed.write.get()}));
  Watch watch(child, report, printed, on_line);
  report.write.close();
  printed.write.close();
  return watch.until(deadline, cancellation);
}

std::string describe_end(const ChildOutcome& outcome, std::chrono::milliseconds limit) {
  if (outcome.end == ChildEnd::timed_out) return fmt::format("did not end within {} s", static_cast<double>(limit.count()) / 1000);
  if (outcome.end == ChildEnd::exited) return fmt::format("ended with exit status {}", outcome.code);
  switch (outcome.code) {
    case SIGILL:
      return "was ended by SIGILL (an instruction that this CPU does not have)";
    case SIGSEGV:
      return "was ended by SIGSEGV (a wrong memory access)";
    case SIGBUS:
      return "was ended by SIGBUS (a file that became shorter, or a full memory file system)";
    case SIGFPE:
      return "was ended by SIGFPE (a wrong arithmetic operation)";
    case SIGABRT:
      return "was ended by SIGABRT (it gave up)";
    case SIGKILL:
      return "was ended by SIGKILL (perhaps for lack of memory)";
    default:
      return fmt::format("was ended by signal {}", outcome.code);
  }
}

std::vector<std::string> environment_without(const std::vector<std::string>& names) {
  const auto unwanted = [&](std::string_view variable) {
    const std::string_view name = variable.substr(0, variable.find('='));
    return std::any_of(names.begin(), names.end(), [&](const std::string& each) {
      return each.back() == '*' ? name.substr(0, each.size() - 1) == std::string_view(each).substr(0, each.size() - 1) : name == each;
    });
  };
  std::vector<std::string> kept;
  for (char** variable = ::environ; *variable != nullptr; ++variable) {
    if (!unwanted(*variable)) kept.emplace_back(*variable);
  }
  return kept;
}

}  // namespace torchup
