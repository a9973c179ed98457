#include "src/validate/bench/guide.hpp"

#include "src/validate/bench/bench_worker.hpp"

namespace torchup {

namespace {

constexpr std::chrono::minutes k_limit{5};

std::string trouble_in(const WorkerReply& reply) {
  if (const auto* failed = std::get_if<CaseFailed>(&reply)) return failed->message;
  if (const auto* refused = std::get_if<CaseRefused>(&reply)) return refused->reason;
  return "the worker answered something else than it was asked";
}

/// The reply; a worker that is gone answers as CaseFailed.
Result<WorkerReply> settled(Result<WorkerReply> reply) {
  if (!reply && reply.error().kind == ErrorKind::validation) return CaseFailed{reply.error().message};
  return reply;
}

}  // namespace

Result<GuideResult> run_guide(const std::filesystem::path& python, const Cancellation& cancellation) {
  GuideResult guide{.size = 4096, .warm_ups = 5, .runs = 10, .threads = 0, .seconds = 0, .trouble = ""};
  TORCHUP_TRY_ASSIGN(WorkerProcess worker, WorkerProcess::start(python_worker_command(python, std::nullopt)));
  TORCHUP_TRY_ASSIGN(const WorkerReply greeting, settled(worker.greeting(k_limit, cancellation)));
  const auto* const ready = std::get_if<WorkerReady>(&greeting);
  if (ready == nullptr) {
    guide.trouble = trouble_in(greeting);
    return guide;
  }
  guide.threads = ready->threads;
  TORCHUP_TRY_ASSIGN(const WorkerReply reply, settled(worker.ask(RunGuide{guide.size, guide.warm_ups, guide.runs}, k_limit, cancellation)));
  if (const auto* sample = std::get_if<Sample>(&reply))
    guide.seconds = sample->seconds;
  else
    guide.trouble = trouble_in(reply);
  return guide;
}

}  // namespace torchup
