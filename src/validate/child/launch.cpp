#include "src/validate/child/launch.hpp"

#include <fmt/format.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <fcntl.h>
#include <sched.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

namespace torchup {

namespace {

std::vector<char*> pointers_to(const std::vector<std::string>& texts) {
  std::vector<char*> pointers;
  for (const std::string& text : texts) pointers.push_back(const_cast<char*>(text.c_str()));  // execve does not write to them
  pointers.push_back(nullptr);
  return pointers;
}

/// All that the child needs, made before the fork.
struct Prepared {
  std::vector<char*> arguments, environment;
  std::array<int, 4> descriptors;  // input or -1, report, printed, failed
  const cpu_set_t* processors;
  pid_t parent;
};

/// Runs in the child between fork and exec: only calls that are safe there.
[[noreturn]] void become(const Prepared& prepared) {
  ::setpgid(0, 0);
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (::getppid() != prepared.parent) ::_exit(127);  // it ended before the line above
  const struct rlimit no_core { 0, 0 };
  ::setrlimit(RLIMIT_CORE, &no_core);
  sigset_t none;
  ::sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
  if (prepared.processors != nullptr) ::sched_setaffinity(0, sizeof(*prepared.processors), prepared.processors);

  auto [input, report, printed, failed] = prepared.descriptors;
  if (input < 0) input = ::open("/dev/null", O_RDONLY | O_CLOEXEC);
  // Moved above 3 first, so that no descriptor is overwritten before it has been used.
  for (int* each : {&input, &report, &printed, &failed}) *each = ::fcntl(*each, F_DUPFD_CLOEXEC, 10);
  if (input >= 0) ::dup2(input, STDIN_FILENO);
  ::dup2(printed, STDOUT_FILENO);
  ::dup2(printed, STDERR_FILENO);
  ::dup2(report, k_report_descriptor);
  ::execve(prepared.arguments.front(), prepared.arguments.data(), prepared.environment.data());
  const int error = errno;
  [[maybe_unused]] const auto ignored = ::write(failed, &error, sizeof(error));
  ::_exit(127);
}

/// Why exec failed; nothing where it did not.
std::optional<int> exec_error(const Pipe& failed) {
  int error = 0;
  ssize_t got = 0;
  do {
    got = ::read(failed.read.get(), &error, sizeof(error));
  } while (got < 0 && errno == EINTR);
  if (got == static_cast<ssize_t>(sizeof(error))) return error;
  return std::nullopt;
}

}  // namespace

Result<Pipe> make_pipe() {
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0) return failure({ErrorKind::host, fmt::format("cannot make a pipe: {}", std::strerror(errno)), {}, {}});
  return Pipe{Descriptor(ends[0]), Descriptor(ends[1])};
}

Result<pid_t> launch(const Launch& launch) {
  TORCHUP_TRY_ASSIGN(Pipe failed, make_pipe());
  cpu_set_t processors;
  CPU_ZERO(&processors);
  if (launch.processor) CPU_SET(*launch.processor, &processors);
  const Prepared prepared{.arguments = pointers_to(launch.arguments),
                          .environment = pointers_to(launch.environment),
                          .descriptors = {launch.input.value_or(-1), launch.report, launch.printed, failed.write.get()},
                          .processors = launch.processor ? &processors : nullptr,
                          .parent = ::getpid()};
  const pid_t child = ::fork();
  if (child < 0) return failure({ErrorKind::host, fmt::format("cannot start a process: {}", std::strerror(errno)), {}, {}});
  if (child == 0) become(prepared);
  failed.write.close();
  const auto error = exec_error(failed);
  if (!error) return child;
  end_with_group(child);
  return failure({ErrorKind::host, fmt::format("cannot run `{}`: {}", launch.arguments.front(), std::strerror(*error)), {}, {}});
}

void end_with_group(pid_t child) {
  ::kill(-child, SIGKILL);
  ::kill(child, SIGKILL);  // it may not have made its group yet
  while (::waitpid(child, nullptr, 0) < 0 && errno == EINTR) {
  }
}

void note_status(int status, ChildOutcome& outcome) {
  outcome.end = WIFSIGNALED(status) ? ChildEnd::signaled : ChildEnd::exited;
  outcome.code = WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status);
}

}  // namespace torchup
