#pragma once
// How a child process begins and ends, whatever is said with it meanwhile: in a group of its own, without core dumps, and not longer
// than this process. For run_child, and for workers that are asked again and again.

#include "torchup/core/result.hpp"

#include "src/validate/child/child_process.hpp"
#include "src/validate/child/descriptor.hpp"

#include <optional>
#include <string>
#include <sys/types.h>
#include <vector>

namespace torchup {

struct Pipe {
  Descriptor read, write;
};

/// ErrorKind::host where the system has none left.
Result<Pipe> make_pipe();

struct Launch {
  const std::vector<std::string>& arguments;         ///< The program's path first; no PATH lookup.
  const std::vector<std::string>& environment;       ///< "NAME=value", all of it.
  std::optional<int> input = {};                     ///< The child's standard input; nothing for /dev/null.
  int report = -1;                                   ///< Its k_report_descriptor.
  int printed = -1;                                  ///< Its standard output and error.
  std::optional<unsigned> processor = std::nullopt;  ///< The one that it may run on; nothing for any.
};

/// Starts it. ErrorKind::host with the program's path where it cannot be run.
Result<pid_t> launch(const Launch& launch);

/// Ends a child that was not waited for yet, with whatever it started.
void end_with_group(pid_t child);

/// `end` and `code` of what waitpid gave.
void note_status(int status, ChildOutcome& outcome);

}  // namespace torchup
