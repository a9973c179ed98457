// The composition root: parses the command line, builds the real adapters, runs one command, and turns a failure into
// its message and exit code.

#include "torchup/core/cancellation.hpp"
#include "torchup/core/error.hpp"

#include "src/commands/command_line.hpp"

#include <csignal>
#include <cstdio>
#include <exception>
#include <fcntl.h>
#include <unistd.h>

namespace {

torchup::Cancellation cancellation;  // a signal handler can reach nothing else
volatile std::sig_atomic_t first_signal = 0;

extern "C" void on_signal(int number) {
  if (first_signal == 0) first_signal = number;
  if (cancellation.requested()) ::_exit(128 + number);  // asked twice: at once, whatever is under way is safe to cut
  cancellation.request();
}

void watch_signals() {
  struct sigaction action {};
  action.sa_handler = on_signal;
  for (const int number : {SIGINT, SIGTERM, SIGHUP}) ::sigaction(number, &action, nullptr);
  std::signal(SIGPIPE, SIG_IGN);
}

/// A number that is closed would be given to the next file or connection that is opened, and what is printed would go there.
void open_standard_streams() {
  int number = ::open("/dev/null", O_RDWR);
  while (number >= 0 && number <= STDERR_FILENO) number = ::open("/dev/null", O_RDWR);
  if (number >= 0) ::close(number);
}

}  // namespace

int main(int count, char** arguments) {
  open_standard_streams();
  watch_signals();
  try {
    const int code = torchup::run_command_line({arguments, arguments + count}, cancellation);
    // The shell's way of saying which signal it was: 130 for Ctrl-C, 143 for SIGTERM.
    const bool was_ended = first_signal != 0 && code == torchup::exit_code(torchup::ErrorKind::interrupted);
    return was_ended ? 128 + first_signal : code;
  } catch (const std::exception& problem) {
    std::fprintf(stderr, "error: %s\nhint: this is a fault in torchup; please report it with the command\n", problem.what());
    return torchup::exit_code(torchup::ErrorKind::internal);
  }
}
