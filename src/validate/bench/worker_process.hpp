#pragma once
// A worker as its parent sees it: a process that may crash or hang, asked one thing at a time with a limit. Whatever becomes of it
// becomes a message; its group ends with it. Used by run_rounds.cpp.

#include "torchup/core/cancellation.hpp"
#include "torchup/core/result.hpp"

#include "src/validate/bench/worker_protocol.hpp"
#include "src/validate/child/descriptor.hpp"

#include <chrono>
#include <optional>
#include <string>
#include <sys/types.h>
#include <vector>

namespace torchup {

struct WorkerCommand {
  std::vector<std::string> arguments;    ///< The program's path first; no PATH lookup.
  std::vector<std::string> environment;  ///< "NAME=value", all of it.
  std::optional<unsigned> processor;     ///< The one that it may run on; nothing for any.
};

class WorkerProcess {
 public:
  /// Starts it. ErrorKind::host where that cannot be done at all.
  static Result<WorkerProcess> start(const WorkerCommand& command);

  WorkerProcess(WorkerProcess&&) noexcept;
  WorkerProcess& operator=(WorkerProcess&&) = delete;
  ~WorkerProcess();

  /// Its first line, which comes by itself.
  Result<WorkerReply> greeting(std::chrono::milliseconds limit, const Cancellation& cancellation);

  /// One request and its reply. A worker that crashes, hangs or talks nonsense is ErrorKind::validation, says how, and is ended:
  /// it must not be asked again. ErrorKind::interrupted is the user's Ctrl-C.
  Result<WorkerReply> ask(const WorkerRequest& request, std::chrono::milliseconds limit, const Cancellation& cancellation);

 private:
  using Clock = std::chrono::steady_clock;

  WorkerProcess(pid_t child, Descriptor requests, Descriptor replies, Descriptor printed);
  Result<WorkerReply> await_reply(std::chrono::milliseconds limit, const Cancellation& cancellation);
  Result<WorkerReply> failed(std::chrono::milliseconds limit, bool timed_out);
  void keep_printed();
  void end();

  pid_t m_child;
  Descriptor m_requests, m_replies, m_printed;
  std::string m_rest, m_said;  // of the reply under way; of what it printed
};

}  // namespace torchup
