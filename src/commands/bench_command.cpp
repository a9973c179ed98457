// torchup bench: how fast an environment's torch is on this machine, and whether it became slower.

#include "src/bench_environment.hpp"
#include "src/commands/amounts.hpp"
#include "src/commands/bench_baseline.hpp"
#include "src/commands/bench_json.hpp"
#include "src/commands/bench_junit.hpp"
#include "src/commands/bench_page.hpp"
#include "src/commands/command.hpp"
#include "src/commands/environment_options.hpp"
#include "src/commands/files.hpp"
#include "src/commands/lock_options.hpp"
#include "src/commands/print_bench.hpp"
#include "src/ui/json_output.hpp"
#include "src/validate/bench/count_instructions.hpp"
#include "src/validate/bench/run_bench.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace torchup {
namespace {

struct Options {
  std::string env, against, gate, junit, html;
  std::vector<std::string> engines = bench_engines(), kernels;
  std::vector<std::string> compared;  ///< Of `bench compare`.
  bool instructions = false, quick = false, all = false;
};

Result<Environment> benched_environment(Application& application, const Options& options) {
  TORCHUP_TRY_ASSIGN(Environment environment, environment_at(environment_root(application, options.env)));
  if (environment.current) return environment;
  return failure(
      {ErrorKind::host, fmt::format("`{}` holds no generation yet", environment.root.string()), {}, {"`torchup install torch` makes one"}});
}

Result<std::optional<double>> gate_of(const Options& options) {
  if (options.gate.empty()) return std::nullopt;
  TORCHUP_TRY_ASSIGN(const double gate, parse_percent(options.gate, "--gate"));
  return std::optional(gate);
}

std::vector<Verdict> judge_counts(const std::vector<InstructionCount>& counts) {
  std::vector<Verdict> verdicts;
  for (const InstructionCount& before : counts) {
    for (const InstructionCount& now : counts) {
      if (!before.is_baseline || now.is_baseline || now.kernel != before.kernel || now.kernel_case != before.kernel_case) continue;
      Verdict verdict = judge_instructions(before.count, now.count);
      verdict.kernel = now.kernel;
      verdict.kernel_case = now.kernel_case;
      verdict.engine = now.engine;
      verdicts.push_back(std::move(verdict));
    }
  }
  return verdicts;
}

/// Exact counts of both sides, and their verdicts.
Status add_instructions(const Ports& ports, const Generation& generation, const Generation* baseline, BenchReport& report) {
  TORCHUP_TRY_ASSIGN(report.instructions, count_instructions(ports.self, generation.site_packages, ports.diagnostics, ports.cancellation));
  if (baseline == nullptr) return {};
  TORCHUP_TRY_ASSIGN(auto before, count_instructions(ports.self, baseline->site_packages, ports.diagnostics, ports.cancellation));
  for (InstructionCount& count : before) {
    count.is_baseline = true;
    report.instructions.push_back(std::move(count));
  }
  for (Verdict& verdict : judge_counts(report.instructions)) report.verdicts.push_back(std::move(verdict));
  return {};
}

Verdict no_earlier_benchmark() {
  Verdict verdict;
  verdict.kernel = "all";
  verdict.engine = "torch-c";
  verdict.measure = "ratio";
  verdict.kind = VerdictKind::not_comparable;
  verdict.reason = "no earlier benchmark of this environment is recorded";
  return verdict;
}

/// Where the baseline is not measured in the same rounds: against a file, or with a gate alone against the newest of the history.
void judge_apart(Application& application, const std::filesystem::path& root, const Baseline& baseline, bool gated, BenchReport& report) {
  std::optional<BenchReport> earlier;
  if (const auto* const from_file = std::get_if<BenchReport>(&baseline))
    earlier = *from_file;
  else if (gated && std::holds_alternative<std::monostate>(baseline))
    earlier = newest_report(application, root);
  else
    return;
  report.verdicts = earlier ? compare_reports(*earlier, report) : std::vector{no_earlier_benchmark()};
}

bool is_broken(const BenchReport& report) {
  return std::any_of(report.results.begin(), report.results.end(),
                     [](const BenchResult& result) { return result.broken && !result.is_baseline && result.engine != "blas"; });
}

Status write_pages(Application& application, const Options& options, const Environment& environment, const BenchReport& report) {
  if (!options.junit.empty()) TORCHUP_TRY(write_text_file(options.junit, bench_junit(report)));
  if (options.html.empty()) return {};
  std::vector<BenchmarkEntry> history;
  if (const auto ledger = Ledger::open(application.ledger_file(), application.diagnostics())) {
    if (auto entries = ledger->benchmarks(environment.root, k_most_shown)) history = *std::move(entries);
  }
  return write_text_file(options.html, bench_page(report, {environment.root.string(), environment.current->number}, history));
}

void record(Application& application, const Environment& environment, const BenchReport& report) {
  auto ledger = Ledger::open(application.ledger_file(), application.diagnostics());
  const auto kept = ledger ? ledger->record_benchmark(environment.root, environment.current->number, report)
                           : Result<std::int64_t>(failure(ledger.error()));
  if (!kept) application.diagnostics().warn(fmt::format("the benchmark was not recorded: {}", kept.error().message));
}

Result<int> run(Application& application, const Options& options) {
  if (!application.host_is_this()) return failure({ErrorKind::usage, "only this host can be measured", {}, {}});
  TORCHUP_TRY_ASSIGN(const std::optional<double> gate, gate_of(options));
  if (options.instructions) TORCHUP_TRY(find_valgrind());
  TORCHUP_TRY_ASSIGN(const Environment environment, benched_environment(application, options));
  TORCHUP_TRY_ASSIGN(const Baseline baseline, find_baseline(options.against, environment));
  const auto* const other = std::get_if<Generation>(&baseline);
  const Ports ports = pipeline_ports(application);
  const EnvironmentBench bench{.engines = options.engines,
                               .kernels = options.kernels,
                               .baseline = other != nullptr ? std::optional(*other) : std::nullopt,
                               .quick = options.quick,
                               .guide = !options.quick && std::count(options.engines.begin(), options.engines.end(), "torch-python") > 0,
                               .gate = gate.value_or(VerdictRules{}.gate)};
  TORCHUP_TRY_ASSIGN(BenchReport report, bench_generation(ports, *environment.current, bench));
  if (options.instructions) TORCHUP_TRY(add_instructions(ports, *environment.current, other, report));
  judge_apart(application, environment.root, baseline, gate.has_value(), report);
  record(application, environment, report);
  TORCHUP_TRY(write_pages(application, options, environment, report));
  if (application.options().json) {
    auto document = new_document();
    document["environment"] = environment.root.string();
    document["generation"] = environment.current->number;
    add_bench_json(document, report);
    application.print(json_document(document));
  } else {
    application.print(fmt::format("generation {} of {}\n", environment.current->number, environment.root.string()) +
                      bench_text(report, application.out()));
  }
  return is_broken(report) ? 1 : gate ? gate_exit_code(report.verdicts) : 0;
}

Result<int> show_history(Application& application, const Options& options) {
  TORCHUP_TRY_ASSIGN(const Ledger ledger, Ledger::open(application.ledger_file(), application.diagnostics()));
  std::optional<std::filesystem::path> root;
  if (!options.all) root = environment_root(application, options.env);
  TORCHUP_TRY_ASSIGN(const auto entries, ledger.benchmarks(root));
  if (!application.options().json) {
    application.print(bench_history_text(entries, application.out()));
    return 0;
  }
  auto document = new_document();
  document["benchmarks"] = nlohmann::ordered_json::array();
  for (const BenchmarkEntry& entry : entries) {
    nlohmann::ordered_json one = {
        {"id", entry.id}, {"environment", entry.environment}, {"generation", entry.generation}, {"at", minute_text(entry.at)}};
    add_bench_json(one, entry.report);
    document["benchmarks"].push_back(std::move(one));
  }
  application.print(json_document(document));
  return 0;
}

Result<int> compare(Application& application, const Options& options) {
  if (options.compared.size() != 2)
    return failure({ErrorKind::usage, "`bench compare` takes two benchmarks", {}, {"`torchup bench history` lists them by number"}});
  TORCHUP_TRY_ASSIGN(const std::optional<double> gate, gate_of(options));
  TORCHUP_TRY_ASSIGN(const BenchReport before, find_report(application, options.compared[0]));
  TORCHUP_TRY_ASSIGN(const BenchReport now, find_report(application, options.compared[1]));
  const std::vector<Verdict> verdicts = compare_reports(before, now);
  if (application.options().json) {
    auto document = new_document();
    document["verdicts"] = nlohmann::ordered_json::array();
    for (const Verdict& verdict : verdicts) document["verdicts"].push_back(verdict_json(verdict));
    application.print(json_document(document));
  } else {
    application.print(verdicts.empty() ? "the two measured nothing in common\n" : verdicts_text(verdicts, application.out()));
  }
  return gate ? gate_exit_code(verdicts) : 0;
}

void define_measuring(Parser& parser, Options& options) {
  parser.option(k_env_option, options.env);
  parser.option({"--against", "BASELINE", "Compare with an environment, a generation's number, or a file of `bench --json`"},
                options.against);
  parser.option({"--gate", "PCT", "Exit with 1 where something takes PCT percent more time, with 10 where that cannot be told"},
                options.gate);
  parser.choices({"--engine", "LIST", "native, blas, torch-c, torch-python; several by comma (default: all)"}, options.engines,
                 bench_engines());
  parser.choices({"--kernel", "LIST", "Only these, `matmul` or `matmul-512x512`; several by comma"}, options.kernels, bench_kernels());
  parser.option({"--junit", "FILE", "Write the verdicts as JUnit's XML"}, options.junit);
  parser.option({"--html", "FILE", "Write one page with everything"}, options.html);
  parser.flag("--instructions", options.instructions, "Count instructions, too, with valgrind's callgrind: exact on any machine");
  parser.flag("--quick", options.quick, "Fewer rounds, and not the guides' matmul");
}

Action define(Parser& parser) {
  auto options = std::make_shared<Options>();
  define_measuring(parser, *options);
  Parser history = parser.command("history", "List what was measured, newest first", Needed::no);
  history.flag("--all", options->all, "Of every environment");
  Parser comparing =
      parser.command("compare", "Judge two benchmarks of the history, or of files, by their ratios to our own kernels", Needed::no);
  comparing.argument({"benchmarks", "A B", "Numbers of `bench history`, or files of `bench --json`: the earlier one first"},
                     options->compared);
  return [options, history, comparing](Application& application) -> Result<int> {
    if (history.chosen()) return show_history(application, *options);
    if (comparing.chosen()) return compare(application, *options);
    return run(application, *options);
  };
}

}  // namespace

extern const Command bench_command;
const Command bench_command{"bench", "Measure torch on this machine, and judge whether it became slower", define};

}  // namespace torchup
