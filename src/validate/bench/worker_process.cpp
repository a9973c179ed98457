#include "src/validate/bench/worker_process.hpp"

#include "src/validate/child/launch.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <fcntl.h>
#include <poll.h>
#include <sys/wait.h>

namespace torchup {

namespace {

constexpr std::size_t k_longest_reply = 1 << 16;
constexpr std::size_t k_printed_kept = 400;
constexpr std::chrono::milliseconds k_tick{100};  // how soon a cancellation is noticed

std::string on_one_line(std::string text) {
  for (char& letter : text) {
    if (letter == '\n' || letter == '\r' || letter == '\t') letter = ' ';
  }
  while (!text.empty() && text.back() == ' ') text.pop_back();
  return text;
}

}  // namespace

Result<WorkerProcess> WorkerProcess::start(const WorkerCommand& command) {
  TORCHUP_TRY_ASSIGN(Pipe requests, make_pipe());
  TORCHUP_TRY_ASSIGN(Pipe replies, make_pipe());
  TORCHUP_TRY_ASSIGN(Pipe printed, make_pipe());
  TORCHUP_TRY_ASSIGN(const pid_t child, launch({.arguments = command.arguments,
                                                .environment = command.environment,
                                                .input = requests.read.get(),
                                                .report = replies.write.get(),
                                                .printed = printed.write.get(),
                                                .processor = command.processor}));
  ::fcntl(printed.read.get(), F_SETFL, O_NONBLOCK);
  return WorkerProcess(child, std::move(requests.write), std::move(replies.read), std::move(printed.read));
}

WorkerProcess::WorkerProcess(pid_t child, Descriptor requests, Descriptor replies, Descriptor printed)
    : m_child(child), m_requests(std::move(requests)), m_replies(std::move(replies)), m_printed(std::move(printed)) {}

WorkerProcess::WorkerProcess(WorkerProcess&& other) noexcept
    : m_child(std::exchange(other.m_child, -1)),
      m_requests(std::move(other.m_requests)),
      m_replies(std::move(other.m_replies)),
      m_printed(std::move(other.m_printed)),
      m_rest(std::move(other.m_rest)),
      m_said(std::move(other.m_said)) {}

WorkerProcess::~WorkerProcess() { end(); }

void WorkerProcess::end() {
  if (m_child < 0) return;
  end_with_group(std::exchange(m_child, -1));
}

void WorkerProcess::keep_printed() {
  std::array<char, 4096> block;
  for (ssize_t got = ::read(m_printed.get(), block.data(), block.size()); got > 0;
       got = ::read(m_printed.get(), block.data(), block.size())) {
    m_said.append(block.data(), static_cast<std::size_t>(got));
    if (m_said.size() > k_printed_kept) m_said.erase(0, m_said.size() - k_printed_kept);
  }
}

/// How it ended, with the last that it printed.
Result<WorkerReply> WorkerProcess::failed(std::chrono::milliseconds limit, bool timed_out) {
  ChildOutcome outcome;
  int status = 0;
  outcome.end = ChildEnd::timed_out;
  if (!timed_out && ::waitpid(m_child, &status, 0) == m_child) {
    note_status(status, outcome);
    ::kill(-m_child, SIGKILL);
    m_child = -1;
  }
  end();
  keep_printed();
  std::string message = fmt::format("the worker {}", describe_end(outcome, limit));
  if (const std::string said = on_one_line(m_said); !said.empty()) message += fmt::format("; it printed: {}", said);
  return failure({ErrorKind::validation, message, {}, {}});
}

Result<WorkerReply> WorkerProcess::await_reply(std::chrono::milliseconds limit, const Cancellation& cancellation) {
  const auto deadline = Clock::now() + limit;
  while (true) {
    TORCHUP_TRY(cancellation.check());
    if (const auto end_of_line = m_rest.find('\n'); end_of_line != std::string::npos) {
      const std::string line = m_rest.substr(0, end_of_line);
      m_rest.erase(0, end_of_line + 1);
      return read_reply(line);
    }
    if (Clock::now() >= deadline) return failed(limit, true);
    std::array<pollfd, 2> wanted{pollfd{m_replies.get(), POLLIN, 0}, pollfd{m_printed.get(), POLLIN, 0}};
    ::poll(wanted.data(), wanted.size(), static_cast<int>(k_tick.count()));
    keep_printed();
    if (wanted[0].revents == 0) continue;
    std::array<char, 4096> block;
    const ssize_t got = ::read(m_replies.get(), block.data(), block.size());
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return failed(limit, false);
    m_rest.append(block.data(), static_cast<std::size_t>(got));
    if (m_rest.size() > k_longest_reply) return failure({ErrorKind::validation, "the worker's reply never ends", {}, {}});
  }
}

Result<WorkerReply> WorkerProcess::greeting(std::chrono::milliseconds limit, const Cancellation& cancellation) {
  return await_reply(limit, cancellation);
}

Result<WorkerReply> WorkerProcess::ask(const WorkerRequest& request, std::chrono::milliseconds limit, const Cancellation& cancellation) {
  const std::string line = write_request(request);
  std::size_t done = 0;
  while (done < line.size()) {
    const ssize_t written = ::write(m_requests.get(), line.data() + done, line.size() - done);
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return failed(limit, false);  // it has ended: main ignores SIGPIPE
    done += static_cast<std::size_t>(written);
  }
  return await_reply(limit, cancellation);
}

}  // namespace torchup
