#include "src/validate/bench/worker_process.hpp"

#include "src/validate/child/child_process.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>

namespace torchup {

namespace {

constexpr std::size_t k_longest_reply = 1 << 16;
constexpr std::size_t k_printed_kept = 400;
constexpr std::chrono::milliseconds k_tick{100};  // how soon a cancellation is noticed

struct Pipe {
  Descriptor read, write;
};

Result<Pipe> make_pipe() {
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0) return failure({ErrorKind::host, fmt::format("cannot make a pipe: {}", std::strerror(errno)), {}, {}});
  return Pipe{Descriptor(ends[0]), Descriptor(ends[1])};
}

std::vector<char*> pointers_to(const std::vector<std::string>& texts) {
  std::vector<char*> pointers;
  for (const std::string& text : texts) pointers.push_back(const_cast<char*>(text.c_str()));  // execve does not write to them
  pointers.push_back(nullptr);
  return pointers;
}

/// Runs in the child between fork and exec: only calls that are safe there.
[[noreturn]] void become(char* const* arguments, char* const* environment, std::array<int, 3> pipes, const cpu_set_t* processors,
                         pid_t parent) {
  ::setpgid(0, 0);
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (::getppid() != parent) ::_exit(127);
  const struct rlimit no_core { 0, 0 };
  ::setrlimit(RLIMIT_CORE, &no_core);
  sigset_t none;
  ::sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
  if (processors != nullptr) ::sched_setaffinity(0, sizeof(*processors), processors);
  for (int& each : pipes) each = ::fcntl(each, F_DUPFD_CLOEXEC, 10);  // above 3, so that none is overwritten before its use
  ::dup2(pipes[0], STDIN_FILENO);
  ::dup2(pipes[1], k_report_descriptor);
  ::dup2(pipes[2], STDOUT_FILENO);
  ::dup2(pipes[2], STDERR_FILENO);
  ::execve(arguments[0], arguments, environment);
  ::_exit(127);
}

std::string on_one_line(std::string text) {
  for (char& letter : text) {
    if (letter == '\n' || letter == '\r' || letter == '\t') letter = ' ';
  }
  while (!text.empty() && text.back() == ' ') text.pop_back();
  return text;
}

}  // namespace

Result<WorkerProcess> WorkerProcess::start(const WorkerCommand& command) {
  if (::access(command.arguments.front().c_str(), X_OK) != 0)
    return failure({ErrorKind::host, fmt::format("cannot run `{}`: {}", command.arguments.front(), std::strerror(errno)), {}, {}});
  TORCHUP_TRY_ASSIGN(Pipe requests, make_pipe());
  TORCHUP_TRY_ASSIGN(Pipe replies, make_pipe());
  TORCHUP_TRY_ASSIGN(Pipe printed, make_pipe());
  const auto arguments = pointers_to(command.arguments), environment = pointers_to(command.environment);
  cpu_set_t processors;
  CPU_ZERO(&processors);
  if (command.processor) CPU_SET(*command.processor, &processors);
  const pid_t parent = ::getpid(), child = ::fork();
  if (child < 0) return failure({ErrorKind::host, fmt::format("cannot start a process: {}", std::strerror(errno)), {}, {}});
  if (child == 0) {
    become(arguments.data(), environment.data(), {requests.read.get(), replies.write.get(), printed.write.get()},
           command.processor ? &processors : nullptr, parent);
  }
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
  ::kill(-m_child, SIGKILL);
  ::kill(m_child, SIGKILL);  // it may not have made its group yet
  while (::waitpid(m_child, nullptr, 0) < 0 && errno == EINTR) {
  }
  m_child = -1;
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
    outcome.end = WIFSIGNALED(status) ? ChildEnd::signaled : ChildEnd::exited;
    outcome.code = WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status);
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
