#include "src/validate/bench/run_rounds.hpp"

#include "torchup/kernels/run_kernel.hpp"

#include "src/validate/bench/case_files.hpp"
#include "src/validate/bench/noise_watch.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <random>

namespace torchup {

namespace {

constexpr double k_none = std::numeric_limits<double>::quiet_NaN();

/// One contestant's process in one launch; begun anew after a crash.
class Seat {
 public:
  Seat(const Contestant& contestant, std::string& version, const RoundSettings& settings, const Cancellation& cancellation)
      : m_contestant(contestant), m_version(version), m_settings(settings), m_cancellation(cancellation) {}

  /// The reply; a worker that is gone answers as CaseFailed, and the next request starts another.
  Result<WorkerReply> ask(const WorkerRequest& request) {
    if (!m_worker) {
      TORCHUP_TRY_ASSIGN(const WorkerReply greeting, start());
      if (!std::holds_alternative<WorkerReady>(greeting)) return greeting;
    }
    return settled(m_worker->ask(request, m_settings.limit, m_cancellation));
  }

 private:
  Result<WorkerReply> start() {
    TORCHUP_TRY_ASSIGN(WorkerProcess worker, WorkerProcess::start(m_contestant.command));
    m_worker.emplace(std::move(worker));
    TORCHUP_TRY_ASSIGN(WorkerReply greeting, settled(m_worker->greeting(m_settings.limit, m_cancellation)));
    if (const auto* ready = std::get_if<WorkerReady>(&greeting))
      m_version = ready->version;
    else
      m_worker.reset();
    return greeting;
  }

  Result<WorkerReply> settled(Result<WorkerReply> reply) {
    if (reply || reply.error().kind != ErrorKind::validation) return reply;
    m_worker.reset();
    return CaseFailed{reply.error().message};
  }

  const Contestant& m_contestant;
  std::string& m_version;
  const RoundSettings& m_settings;
  const Cancellation& m_cancellation;
  std::optional<WorkerProcess> m_worker;
};

struct Waiting {
  double waited = 0, seconds = 0;
};

/// One case in one launch.
class CaseRounds {
 public:
  CaseRounds(const BenchCase& bench_case, const RoundSettings& settings, const std::filesystem::path& folder)
      : m_case(bench_case), m_settings(settings), m_folder(folder) {}

  Status prepare(const Contestant& contestant, Seat& seat, CaseTimes& times, bool judge) {
    const Kernel& kernel = *m_case.kernel;
    PrepareCase request{std::string(kernel.name), m_case.kernel_case.name, judge, ""};
    std::vector<Tensor> inputs;
    if (contestant.wants_files) {
      if (!has_file_form(m_case.kernel_case.element) || !m_case.kernel_case.option.empty())
        return note_trouble(CaseRefused{"Python is not asked for it"}, times);
      inputs = kernel.inputs(m_case.kernel_case);
      TORCHUP_TRY(write_inputs(m_folder, inputs));
      request.folder = m_folder.string();
      request.element = element_name(m_case.kernel_case.element);
      for (const Tensor& input : inputs) request.inputs.push_back(input.sizes);
    }
    TORCHUP_TRY_ASSIGN(const WorkerReply reply, seat.ask(request));
    if (!std::holds_alternative<CaseReady>(reply)) return note_trouble(reply, times);
    if (!judge) return {};
    times.error = std::get<CaseReady>(reply).error;
    if (!contestant.wants_files) return {};
    auto outputs = make_outputs(kernel, m_case.kernel_case);
    if (const Status read = read_outputs(m_folder, outputs); !read) return note_trouble(CaseFailed{read.error().message}, times);
    times.error = kernel.measure(m_case.kernel_case, inputs, outputs);
    return {};
  }

  /// Once for nothing, once to see how often a sample has to repeat it.
  Status warm_up(Seat& seat, CaseTimes& times) {
    TORCHUP_TRY_ASSIGN(double seconds, sample(seat, times, 1));
    TORCHUP_TRY_ASSIGN(seconds, sample(seat, times, 1));
    if (seconds > 0) m_runs = std::max(m_runs, static_cast<std::uint32_t>(std::clamp(m_settings.sample_seconds / seconds, 1.0, 100.0)));
    return {};
  }

  /// Seconds of one run, without those in which it waited for the processor.
  Result<double> sample(Seat& seat, CaseTimes& times, std::uint32_t runs) {
    TORCHUP_TRY_ASSIGN(const WorkerReply reply, seat.ask(RunCase{runs}));
    const auto* const sample = std::get_if<Sample>(&reply);
    if (sample == nullptr) {
      TORCHUP_TRY(note_trouble(reply, times));
      return k_none;
    }
    m_waiting.waited += sample->waited;
    m_waiting.seconds += sample->seconds;
    const double seconds = sample->seconds - sample->waited;
    return seconds > 0 ? seconds / runs : k_none;
  }

  std::uint32_t runs() const { return m_runs; }
  const Waiting& waiting() const { return m_waiting; }

 private:
  static Status note_trouble(const WorkerReply& reply, CaseTimes& times) {
    times.broken = !std::holds_alternative<CaseRefused>(reply);
    if (const auto* refused = std::get_if<CaseRefused>(&reply))
      times.trouble = refused->reason;
    else if (const auto* failed = std::get_if<CaseFailed>(&reply))
      times.trouble = failed->message;
    else
      times.trouble = "the worker answered something else than it was asked";
    times.seconds.clear();
    return {};
  }

  const BenchCase& m_case;
  const RoundSettings& m_settings;
  const std::filesystem::path& m_folder;
  std::uint32_t m_runs = 1;
  Waiting m_waiting;
};

/// All launches of all cases.
class Tournament {
 public:
  Tournament(const std::vector<Contestant>& contestants, const std::vector<BenchCase>& cases, const RoundSettings& settings,
             Diagnostics& diagnostics, const Cancellation& cancellation)
      : m_contestants(contestants),
        m_cases(cases),
        m_settings(settings),
        m_diagnostics(diagnostics),
        m_cancellation(cancellation),
        m_random(settings.seed) {
    m_rounds.versions.resize(contestants.size());
    m_rounds.times.assign(contestants.size(), std::vector<CaseTimes>(cases.size()));
    for (std::size_t i = 0; i < contestants.size(); ++i) {
      for (std::size_t place = 0; place < cases.size(); ++place) {
        if (cases[place].machine && !contestants[i].is_native)
          m_rounds.times[i][place].trouble = "only our own kernels measure the machine";
      }
    }
  }

  Result<Rounds> run() {
    TORCHUP_TRY_ASSIGN(const OwnedFolder folder, make_scratch_folder());
    const NoiseCounters before = read_noise();
    for (std::size_t launch = 0; launch < m_settings.launches; ++launch) {
      std::vector<Seat> seats;
      seats.reserve(m_contestants.size());
      for (std::size_t i = 0; i < m_contestants.size(); ++i)
        seats.emplace_back(m_contestants[i], m_rounds.versions[i], m_settings, m_cancellation);
      for (std::size_t place = 0; place < m_cases.size(); ++place) {
        const BenchCase& bench_case = m_cases[place];
        m_diagnostics.note(
            fmt::format("launch {} of {}: {} {}", launch + 1, m_settings.launches, bench_case.kernel->name, bench_case.kernel_case.name));
        TORCHUP_TRY(run_case(seats, place, launch, folder.path()));
      }
    }
    m_rounds.disturbance = describe_noise(before, read_noise());
    if (m_waiting.seconds > 0) m_rounds.waiting = m_waiting.waited / m_waiting.seconds;
    return std::move(m_rounds);
  }

 private:
  Status run_case(std::vector<Seat>& seats, std::size_t place, std::size_t launch, const std::filesystem::path& folder) {
    CaseRounds rounds(m_cases[place], m_settings, folder);
    for (std::size_t i = 0; i < seats.size(); ++i) {
      CaseTimes& times = m_rounds.times[i][place];
      if (times.trouble.empty()) TORCHUP_TRY(rounds.prepare(m_contestants[i], seats[i], times, launch == 0));
      if (times.trouble.empty()) TORCHUP_TRY(rounds.warm_up(seats[i], times));
      if (times.trouble.empty()) times.seconds.emplace_back();
    }
    const double start = steady_seconds();
    const std::size_t most = m_cases[place].machine ? m_settings.least_rounds : m_settings.most_rounds;
    for (std::size_t round = 0; round < most; ++round) {
      if (round >= m_settings.least_rounds && steady_seconds() - start > m_settings.case_seconds) break;
      TORCHUP_TRY(run_round(seats, place, rounds));
    }
    m_waiting.waited += rounds.waiting().waited;
    m_waiting.seconds += rounds.waiting().seconds;
    return {};
  }

  Status run_round(std::vector<Seat>& seats, std::size_t place, CaseRounds& rounds) {
    std::vector<std::size_t> order(seats.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    for (std::size_t i = order.size(); i > 1; --i) std::swap(order[i - 1], order[m_random() % i]);
    for (const std::size_t i : order) {
      CaseTimes& times = m_rounds.times[i][place];
      if (!times.trouble.empty()) continue;
      TORCHUP_TRY_ASSIGN(const double seconds, rounds.sample(seats[i], times, rounds.runs()));
      if (times.trouble.empty()) times.seconds.back().push_back(seconds);
    }
    return {};
  }

  const std::vector<Contestant>& m_contestants;
  const std::vector<BenchCase>& m_cases;
  const RoundSettings& m_settings;
  Diagnostics& m_diagnostics;
  const Cancellation& m_cancellation;
  std::mt19937_64 m_random;
  Rounds m_rounds;
  Waiting m_waiting;
};

}  // namespace

Result<Rounds> run_rounds(const std::vector<Contestant>& contestants, const std::vector<BenchCase>& cases, const RoundSettings& settings,
                          Diagnostics& diagnostics, const Cancellation& cancellation) {
  return Tournament(contestants, cases, settings, diagnostics, cancellation).run();
}

PairedLaunches paired(const CaseTimes& times, const CaseTimes& over) {
  PairedLaunches launches;
  for (std::size_t launch = 0; launch < std::min(times.seconds.size(), over.seconds.size()); ++launch) {
    auto& pairs = launches.emplace_back();
    const auto &mine = times.seconds[launch], &other = over.seconds[launch];
    for (std::size_t round = 0; round < std::min(mine.size(), other.size()); ++round) {
      const double ratio = std::log(mine[round] / other[round]);
      if (std::isfinite(ratio)) pairs.push_back(ratio);
    }
  }
  return launches;
}

}  // namespace torchup
