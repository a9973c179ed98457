#include "child_process.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <string_view>
#include <sys/wait.h>
#include <unistd.h>

namespace torchup {
namespace {

constexpr std::size_t k_most_bytes = 4 << 20;
constexpr int k_exit_time_limit = 124;
// How long a wait on the pipes lasts before the child itself is looked at: a grandchild may hold the pipes open.
constexpr std::chrono::milliseconds k_tick{20};

void close_one(int& descriptor) {
  if (descriptor >= 0) ::close(descriptor);
  descriptor = -1;
}

/// Takes what is there; false at the stream's end. Bytes past the limit are read and dropped, so that the child never blocks.
bool take(int descriptor, std::string& into) {
  std::array<char, 16384> block;
  for (;;) {
    const ssize_t count = ::read(descriptor, block.data(), block.size());
    if (count > 0) {
      into.append(block.data(), std::min(static_cast<std::size_t>(count), k_most_bytes - std::min(k_most_bytes, into.size())));
    } else if (count == 0) {
      return false;
    } else if (errno != EINTR) {
      return errno == EAGAIN;
    }
  }
}

bool has_ended(pid_t child) {
  siginfo_t state{};
  return ::waitid(P_PID, static_cast<id_t>(child), &state, WEXITED | WNOHANG | WNOWAIT) == 0 && state.si_pid == child;
}

int exit_status_of(int state) { return WIFSIGNALED(state) ? 128 + WTERMSIG(state) : WEXITSTATUS(state); }

/// posix_spawn's two option values, destroyed with this one.
class SpawnOptions {
 public:
  SpawnOptions() {
    ::posix_spawn_file_actions_init(&actions);
    ::posix_spawnattr_init(&attributes);
  }
  ~SpawnOptions() {
    ::posix_spawn_file_actions_destroy(&actions);
    ::posix_spawnattr_destroy(&attributes);
  }
  SpawnOptions(const SpawnOptions&) = delete;
  SpawnOptions& operator=(const SpawnOptions&) = delete;

  posix_spawn_file_actions_t actions;
  posix_spawnattr_t attributes;
};

void configure(SpawnOptions& options, const ChildPipes& pipes) {
  ::posix_spawn_file_actions_addopen(&options.actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  ::posix_spawn_file_actions_adddup2(&options.actions, pipes.out_writer, STDOUT_FILENO);
  ::posix_spawn_file_actions_adddup2(&options.actions, pipes.err_writer, STDERR_FILENO);
  ::posix_spawnattr_setpgroup(&options.attributes, 0);
  // Our own handlers and masks are none of its business.
  sigset_t none, defaults;
  ::sigemptyset(&none);
  ::sigfillset(&defaults);
  ::posix_spawnattr_setsigmask(&options.attributes, &none);
  ::posix_spawnattr_setsigdefault(&options.attributes, &defaults);
  ::posix_spawnattr_setflags(&options.attributes, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
}

/// Our environment, but programs answer in English whatever the user's language is.
std::vector<std::string> child_environment() {
  std::vector<std::string> variables;
  for (char** at = environ; at != nullptr && *at != nullptr; ++at) {
    const std::string_view variable = *at;
    if (!variable.starts_with("LC_ALL=") && !variable.starts_with("LANGUAGE=")) variables.emplace_back(variable);
  }
  variables.emplace_back("LC_ALL=C");
  return variables;
}

std::vector<char*> pointers_to(std::vector<std::string>& texts) {
  std::vector<char*> pointers;
  for (auto& text : texts) pointers.push_back(text.data());
  pointers.push_back(nullptr);
  return pointers;
}

}  // namespace

ChildPipes::~ChildPipes() {
  close_writers();
  close_one(out_reader);
  close_one(err_reader);
}

void ChildPipes::close_writers() {
  close_one(out_writer);
  close_one(err_writer);
}

Status ChildPipes::open() {
  int out[2], err[2];
  if (::pipe2(out, O_CLOEXEC) != 0)
    return failure({ErrorKind::host, fmt::format("a pipe cannot be opened: {}", std::strerror(errno)), {}, {}});
  out_reader = out[0], out_writer = out[1];
  if (::pipe2(err, O_CLOEXEC) != 0)
    return failure({ErrorKind::host, fmt::format("a pipe cannot be opened: {}", std::strerror(errno)), {}, {}});
  err_reader = err[0], err_writer = err[1];
  // Only our ends: the child's must block, or its writes would fail.
  ::fcntl(out_reader, F_SETFL, O_NONBLOCK);
  ::fcntl(err_reader, F_SETFL, O_NONBLOCK);
  return {};
}

CommandOutput collect_child(pid_t child, const ChildPipes& pipes, std::chrono::milliseconds limit) {
  using Clock = std::chrono::steady_clock;
  const auto deadline = Clock::now() + limit;
  CommandOutput answer;
  pollfd streams[] = {{pipes.out_reader, POLLIN, 0}, {pipes.err_reader, POLLIN, 0}};
  std::string* const texts[] = {&answer.out, &answer.err};
  bool in_time = true;
  while (!has_ended(child)) {
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(deadline - Clock::now());
    if (left.count() <= 0) {
      in_time = false;
      break;
    }
    // Both streams at their end: the child is about to end, so look again soon.
    const bool silent = streams[0].fd < 0 && streams[1].fd < 0;
    const auto wait = std::min(left, silent ? std::chrono::milliseconds{1} : k_tick);
    if (::poll(streams, 2, static_cast<int>(wait.count())) <= 0) continue;
    for (std::size_t i = 0; i < 2; ++i) {
      if (streams[i].revents != 0 && !take(streams[i].fd, *texts[i])) streams[i].fd = -1;
    }
  }
  // The child is not reaped yet, so its process group's number is still its own.
  ::kill(-child, SIGKILL);
  int state = 0;
  while (::waitpid(child, &state, 0) < 0 && errno == EINTR) continue;
  take(pipes.out_reader, answer.out);
  take(pipes.err_reader, answer.err);
  answer.exit_status = in_time ? exit_status_of(state) : k_exit_time_limit;
  return answer;
}

Result<CommandOutput> run_program(const std::vector<std::string>& arguments, std::chrono::milliseconds limit) {
  if (arguments.empty()) return failure({ErrorKind::internal, "a command without a program", {}, {}});
  ChildPipes pipes;
  TORCHUP_TRY(pipes.open());
  SpawnOptions options;
  configure(options, pipes);
  auto words = arguments;
  auto variables = child_environment();
  pid_t child = 0;
  const int problem = ::posix_spawnp(&child, words[0].c_str(), &options.actions, &options.attributes, pointers_to(words).data(),
                                     pointers_to(variables).data());
  if (problem != 0) {
    return failure({ErrorKind::host, fmt::format("`{}` cannot be started: {}", arguments[0], std::strerror(problem)), {}, {}});
  }
  pipes.close_writers();
  return collect_child(child, pipes, limit);
}

}  // namespace torchup
