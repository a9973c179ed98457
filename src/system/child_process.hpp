#pragma once
// Children that answer through pipes within a time limit. Used by posix_host_system.cpp for programs and for the question to
// the CUDA driver; a child always leads its own process group, so that what it started ends with it.

#include "torchup/core/result.hpp"
#include "torchup/system/host_system.hpp"

#include <chrono>
#include <string>
#include <sys/types.h>
#include <vector>

namespace torchup {

/// The reading ends of a child's standard output and error, closed with this value.
class ChildPipes {
 public:
  ChildPipes() = default;
  ~ChildPipes();
  ChildPipes(const ChildPipes&) = delete;
  ChildPipes& operator=(const ChildPipes&) = delete;

  /// Opens both pipes, close-on-exec. ErrorKind::host where the process has no descriptor left.
  Status open();

  void close_writers();

  int out_reader = -1, out_writer = -1, err_reader = -1, err_writer = -1;
};

/// Reads what the child writes, up to 4 MiB of each stream, until it has ended or the limit has passed; then ends its whole
/// process group and reaps it. The child must lead a process group of its own.
CommandOutput collect_child(pid_t child, const ChildPipes& pipes, std::chrono::milliseconds limit);

/// Starts a program without a shell and collects its answer; see HostSystem::run.
Result<CommandOutput> run_program(const std::vector<std::string>& arguments, std::chrono::milliseconds limit);

}  // namespace torchup
