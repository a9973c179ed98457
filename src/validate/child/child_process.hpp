#pragma once
// A child process that may crash or hang: it reports in lines on a pipe of its own (descriptor 3), what it prints is kept
// for messages, and it ends at a time limit, with its group. Used by the legs of validation that run foreign code.

#include "torchup/core/cancellation.hpp"
#include "torchup/core/result.hpp"

#include <chrono>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace torchup {

constexpr int k_report_descriptor = 3;

struct ChildCommand {
  std::vector<std::string> arguments;    ///< The program's path first; no PATH lookup.
  std::vector<std::string> environment;  ///< "NAME=value", all of it.
  std::chrono::milliseconds limit{};
};

enum class ChildEnd { exited, signaled, timed_out };

struct ChildOutcome {
  ChildEnd end = ChildEnd::exited;
  int code = 0;         ///< Exit status or signal number.
  std::string printed;  ///< The last 8 KiB of what it wrote to standard output and error.
};

/// Takes one line of the report, without its end; lines longer than 1 MiB never come.
using ReportLine = std::function<void(std::string_view line)>;

/// Runs a child to its end. A program that cannot be started is ErrorKind::host, a cancelled one ErrorKind::interrupted;
/// a child that crashes, hangs or fails is an outcome.
Result<ChildOutcome> run_child(const ChildCommand& command, const ReportLine& on_line, const Cancellation& cancellation);

/// "ended with exit status 1", "was ended by SIGILL (illegal instruction)", "did not end within 60 s".
std::string describe_end(const ChildOutcome& outcome, std::chrono::milliseconds limit);

/// This process's environment without the named variables and without those that begin with a name ending in '*'.
std::vector<std::string> environment_without(const std::vector<std::string>& names);

}  // namespace torchup
