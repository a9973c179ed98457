#include "src/validate/bench/run_bench.hpp"

#include "src/validate/bench/bench_worker.hpp"
#include "src/validate/bench/guide.hpp"
#include "src/validate/bench/run_rounds.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <sched.h>
#include <system_error>

namespace torchup {

namespace {

constexpr std::size_t k_native = 0;  // the first contestant
constexpr RoundSettings k_thorough{};
constexpr RoundSettings k_quick{.launches = 3, .least_rounds = 5, .most_rounds = 300, .case_seconds = 1.5};

bool contains(const std::vector<std::string>& names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

Status check_names(const std::vector<std::string>& names, const std::vector<std::string>& known, const char* what) {
  for (const std::string& name : names) {
    if (contains(known, name)) continue;
    return failure({ErrorKind::usage,
                    fmt::format("`{}` is no {} of the benchmark", name, what),
                    {},
                    {fmt::format("there are {}", fmt::join(known, ", "))}});
  }
  return {};
}

/// The last processor that this process may use: the first ones serve most interrupts.
std::optional<unsigned> processor_to_use() {
  cpu_set_t allowed;
  CPU_ZERO(&allowed);
  if (::sched_getaffinity(0, sizeof allowed, &allowed) != 0) return std::nullopt;
  for (int processor = CPU_SETSIZE - 1; processor >= 0; --processor) {
    if (CPU_ISSET(processor, &allowed)) return static_cast<unsigned>(processor);
  }
  return std::nullopt;
}

bool has_torch(const BenchSide& side) {
  std::error_code unknown;
  return std::filesystem::exists(side.site_packages / "torch" / "lib", unknown);
}

/// A contestant, and what its results are called.
struct Entry {
  Contestant contestant;
  std::string engine;
  bool is_baseline = false, is_control = false;
};

Entry torch_entry(const BenchWish& wish, const std::string& engine, bool is_baseline, bool is_control, std::optional<unsigned> processor) {
  const BenchSide& side = is_baseline ? *wish.baseline : wish.side;
  const bool python = engine == "torch-python";
  Contestant contestant{
      is_baseline ? engine + " of the baseline" : engine,
      python ? python_worker_command(side.python, processor) : torch_worker_command(wish.self_program, side.site_packages, processor),
      false, python};
  return {std::move(contestant), engine, is_baseline, is_control};
}

std::vector<Entry> entries_of(const BenchWish& wish, std::optional<unsigned> processor) {
  std::vector<Entry> entries{{{"native", worker_command(wish.self_program, "native", processor), true}, "native"}};
  if (contains(wish.engines, "blas")) entries.push_back({{"blas", worker_command(wish.self_program, "blas", processor)}, "blas"});
  for (const char* engine : {"torch-c", "torch-python"}) {
    if (!contains(wish.engines, engine) || !has_torch(wish.side)) continue;
    entries.push_back(torch_entry(wish, engine, false, false, processor));
  }
  if (!wish.baseline) return entries;
  // One engine is judged: the more it has beside it, the longer a round takes.
  const bool through_c = contains(wish.engines, "torch-c");
  for (const bool is_control : {false, true})
    entries.push_back(torch_entry(wish, through_c ? "torch-c" : "torch-python", true, is_control, processor));
  return entries;
}

std::string id_of(const Kernel& kernel, const KernelCase& kernel_case) { return fmt::format("{}-{}", kernel.name, kernel_case.name); }

std::vector<BenchCase> cases_of(const std::vector<std::string>& kernels) {
  std::vector<BenchCase> cases;
  const auto add = [&](const Kernel* kernel, bool machine) {
    for (KernelCase& kernel_case : kernel->cases()) {
      const bool wanted = machine || kernels.empty() || contains(kernels, kernel->name) || contains(kernels, id_of(*kernel, kernel_case));
      if (kernel_case.repetitions > 1 && wanted) cases.push_back({kernel, std::move(kernel_case), machine});
    }
  };
  for (const Kernel* kernel : machine_kernel_table()) add(kernel, true);
  for (const Kernel* kernel : kernel_table()) add(kernel, false);
  return cases;
}

Roofline roofline_of(const std::vector<BenchCase>& cases, const std::vector<CaseTimes>& native) {
  Roofline roofline;
  for (std::size_t place = 0; place < cases.size(); ++place) {
    std::vector<double> all;
    for (const auto& launch : native[place].seconds) all.insert(all.end(), launch.begin(), launch.end());
    const double seconds = spread_of(all).median;
    if (!cases[place].machine || !(seconds > 0)) continue;
    const Work work = cases[place].kernel->work(cases[place].kernel_case);
    if (cases[place].kernel->name == "peak") roofline.flops = work.flops / seconds;
    if (cases[place].kernel->name == "triad") roofline.bytes = work.bytes / seconds;
  }
  return roofline;
}

BenchResult result_of(const Entry& entry, const BenchCase& bench_case, const CaseTimes& times, const CaseTimes& native,
                      const Roofline& roofline) {
  BenchResult result;
  result.kernel = bench_case.kernel->name;
  result.kernel_case = bench_case.kernel_case.name;
  result.engine = entry.engine;
  result.is_baseline = entry.is_baseline;
  result.trouble = times.trouble;
  result.broken = times.broken;
  result.error = times.error;
  result.rate_unit = bench_case.kernel->rate_unit;
  result.work = bench_case.kernel->work(bench_case.kernel_case);
  if (times.error && !times.error->holds()) {  // speed without right numbers is worthless
    result.trouble = fmt::format("its numbers are wrong: {}: error {:.3g}, limit {:.3g}", times.error->diagnosis, times.error->value,
                                 times.error->limit);
    result.broken = true;
  }
  if (!result.trouble.empty()) return result;
  for (const auto& launch : times.seconds) result.samples.insert(result.samples.end(), launch.begin(), launch.end());
  std::erase_if(result.samples, [](double each) { return !(each > 0); });
  result.seconds = spread_of(result.samples);
  result.achieved = work_rate(*bench_case.kernel, result.work, result.seconds.median);
  // A roof of float32 says nothing of other types.
  if (bench_case.kernel_case.element == ElementType::float32 && result.seconds.median > 0)
    result.roofline_fraction = roofline_seconds(roofline, result.work) / result.seconds.median;
  if (entry.engine != "native") result.to_reference = relative_time(paired(times, native));
  return result;
}

/// Where a side's entry of an engine sits; the number of entries where it has none.
std::size_t seat_of(const std::vector<Entry>& entries, const std::string& engine, bool is_baseline, bool is_control) {
  const auto found = std::find_if(entries.begin(), entries.end(), [&](const Entry& entry) {
    return entry.engine == engine && entry.is_baseline == is_baseline && entry.is_control == is_control;
  });
  return static_cast<std::size_t>(found - entries.begin());
}

std::string why_incomparable(const CaseTimes& now, const CaseTimes& before, const BenchResult& result) {
  if (!before.trouble.empty()) return "the baseline: " + before.trouble;
  return result.trouble.empty() ? now.trouble : result.trouble;
}

std::vector<PairedEvidence> evidence_of(const std::vector<Entry>& entries, const std::vector<BenchCase>& cases, const Rounds& rounds,
                                        const std::vector<BenchResult>& results) {
  const std::string& engine = entries.back().engine;
  const std::size_t now = seat_of(entries, engine, false, false), before = seat_of(entries, engine, true, false);
  const std::size_t control = seat_of(entries, engine, true, true);
  std::vector<PairedEvidence> evidence;
  if (now == entries.size()) return evidence;
  for (std::size_t place = 0; place < cases.size(); ++place) {
    // What neither side does is no difference between them.
    const bool neither = !rounds.times[now][place].trouble.empty() && !rounds.times[before][place].trouble.empty();
    if (cases[place].machine || neither) continue;
    PairedEvidence& each = evidence.emplace_back();
    each.kernel = cases[place].kernel->name;
    each.kernel_case = cases[place].kernel_case.name;
    each.engine = engine;
    const CaseTimes &mine = rounds.times[now][place], &other = rounds.times[before][place];
    each.pairs = paired(mine, other);
    each.control = paired(rounds.times[control][place], other);
    const auto result = std::find_if(results.begin(), results.end(), [&](const BenchResult& candidate) {
      return candidate.kernel == each.kernel && candidate.kernel_case == each.kernel_case && candidate.engine == engine &&
             !candidate.is_baseline;
    });
    if (result != results.end()) each.incomparable = why_incomparable(mine, other, *result);
  }
  return evidence;
}

}  // namespace

const std::vector<std::string>& bench_engines() {
  static const std::vector<std::string> engines{"native", "blas", "torch-c", "torch-python"};
  return engines;
}

std::vector<std::string> bench_kernels() {
  std::vector<std::string> names;
  for (const Kernel* kernel : kernel_table()) {
    names.emplace_back(kernel->name);
    for (const KernelCase& kernel_case : kernel->cases()) {
      if (kernel_case.repetitions > 1) names.push_back(id_of(*kernel, kernel_case));
    }
  }
  return names;
}

Result<BenchReport> run_bench(const BenchWish& wish, Diagnostics& diagnostics, const Cancellation& cancellation) {
  TORCHUP_TRY(check_names(wish.engines, bench_engines(), "engine"));
  TORCHUP_TRY(check_names(wish.kernels, bench_kernels(), "kernel"));
  const std::vector<Entry> entries = entries_of(wish, processor_to_use());
  const std::vector<BenchCase> cases = cases_of(wish.kernels);
  std::vector<Contestant> contestants;
  for (const Entry& entry : entries) contestants.push_back(entry.contestant);
  RoundSettings settings = wish.quick ? k_quick : k_thorough;
  settings.seed = wish.seed;
  TORCHUP_TRY_ASSIGN(const Rounds rounds, run_rounds(contestants, cases, settings, diagnostics, cancellation));

  BenchReport report;
  report.disturbance = rounds.disturbance;
  report.waiting = rounds.waiting;
  report.roofline = roofline_of(cases, rounds.times[k_native]);
  for (std::size_t place = 0; place < cases.size(); ++place) {
    for (std::size_t i = 0; i < entries.size(); ++i) {
      if (entries[i].is_control || (cases[place].machine && i != k_native)) continue;
      report.results.push_back(result_of(entries[i], cases[place], rounds.times[i][place], rounds.times[k_native][place], report.roofline));
    }
  }
  for (std::size_t i = 0; i < entries.size(); ++i) {
    if (entries[i].engine.find("torch") == 0)
      (entries[i].is_baseline ? report.baseline_version : report.torch_version) = rounds.versions[i];
  }
  if (wish.baseline) {
    report.verdicts = judge(evidence_of(entries, cases, rounds, report.results), {.gate = wish.gate});
  }
  if (wish.guide && has_torch(wish.side)) {
    diagnostics.note("the guides' matmul");
    TORCHUP_TRY_ASSIGN(report.guide, run_guide(wish.side.python, cancellation));
  }
  return report;
}

}  // namespace torchup
