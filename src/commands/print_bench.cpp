#include "src/commands/print_bench.hpp"

#include "src/ui/quantities.hpp"
#include "src/ui/table.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <cmath>

namespace torchup {
namespace {

Style style_of(VerdictKind kind) {
  switch (kind) {
    case VerdictKind::regressed:
      return Style::bad;
    case VerdictKind::improved:
    case VerdictKind::same:
      return Style::good;
    default:
      return Style::warning;
  }
}

std::string ratio_text(const BenchResult& result) {
  if (!result.to_reference) return "";
  const RelativeTime& time = *result.to_reference;
  return fmt::format("{:.2f} ({:.2f}-{:.2f})", time.ratio, time.interval.low, time.interval.high);
}

std::string engine_name(const BenchResult& result) { return result.is_baseline ? "  baseline" : result.engine; }

std::string results_text(const BenchReport& report, const Terminal& terminal) {
  Table table{.header = {"case", "engine", "achieved", "of roof", "time over ours"}, .right = {2, 3}};
  std::string former;
  for (const BenchResult& result : report.results) {
    if (result.kernel == "peak" || result.kernel == "triad") continue;  // the roof, which is told above
    if (result.engine == "blas" && !result.trouble.empty() && !result.broken) continue;
    const std::string name = result.kernel + " " + result.kernel_case;
    std::vector<Cell> row{{name == former ? "" : name, Style::bold}, {engine_name(result), result.is_baseline ? Style::dim : Style::plain}};
    if (result.trouble.empty()) {
      row.push_back({achieved_text(result.achieved, result.rate_unit)});
      row.push_back({result.roofline_fraction > 0 ? fmt::format("{:.0f} %", result.roofline_fraction * 100) : ""});
      row.push_back({ratio_text(result)});
    } else {
      row.insert(row.end(), {{""}, {""}, {result.trouble, result.broken ? Style::bad : Style::dim}});
    }
    table.rows.push_back(std::move(row));
    former = name;
  }
  return table_text(table, terminal);
}

std::string guide_text(const GuideResult& guide) {
  const std::string what = fmt::format("guides' matmul {}: ", guide.size);
  if (!guide.trouble.empty()) return what + guide.trouble + "\n";
  const double rate = guide.seconds > 0 ? 2 * std::pow(static_cast<double>(guide.size), 3) / guide.seconds / 1e9 : 0;
  return fmt::format("{}{} a run, {} on {} (the mean of {} after {}; told, never judged)\n", what, seconds_text(guide.seconds),
                     achieved_text(rate, "GFLOP/s"), count_text(guide.threads, "thread"), guide.runs, guide.warm_ups);
}

std::string instructions_text(const std::vector<InstructionCount>& counts, const Terminal& terminal) {
  Table table{.header = {"case", "engine", "instructions"}, .right = {2}};
  for (const InstructionCount& each : counts)
    table.rows.push_back(
        {{each.kernel + " " + each.kernel_case}, {each.is_baseline ? "baseline" : each.engine}, {fmt::format("{}", each.count)}});
  return "\n" + table_text(table, terminal);
}

}  // namespace

std::string achieved_text(double rate, const std::string& unit) {
  return rate >= 100 ? fmt::format("{:.0f} {}", rate, unit) : fmt::format("{:.3g} {}", rate, unit);
}

std::string change_text(double share) { return fmt::format("{:+.1f} %", share * 100); }

std::string minute_text(std::chrono::sys_seconds time) {
  return fmt::format("{:%Y-%m-%d %H:%M}", fmt::gmtime(std::chrono::system_clock::to_time_t(time)));
}

std::string verdicts_text(const std::vector<Verdict>& verdicts, const Terminal& terminal) {
  Table table;
  for (const Verdict& verdict : verdicts) {
    std::string said;
    if (verdict.kind != VerdictKind::not_comparable && verdict.interval != Interval{}) {
      said = fmt::format("{} {}", change_text(verdict.change), verdict.measure == "instructions" ? "instructions" : "time");
      if (verdict.interval.low != verdict.interval.high)
        said += fmt::format(" ({} to {})", change_text(verdict.interval.low), change_text(verdict.interval.high));
    }
    if (!verdict.reason.empty()) said += (said.empty() ? "" : "; ") + verdict.reason;
    table.rows.push_back({{verdict_name(verdict.kind), style_of(verdict.kind)},
                          {verdict.kernel + " " + verdict.kernel_case},
                          {verdict.engine, Style::dim},
                          {said}});
  }
  return table_text(table, terminal);
}

std::string bench_text(const BenchReport& report, const Terminal& terminal) {
  std::string text = fmt::format("{} on one core; its roof: {} of float32, {} of memory\n",
                                 report.torch_version.empty() ? "no torch" : "torch " + report.torch_version,
                                 achieved_text(report.roofline.flops / 1e9, "GFLOP/s"), achieved_text(report.roofline.bytes / 1e9, "GB/s"));
  text += results_text(report, terminal);
  if (!report.instructions.empty()) text += instructions_text(report.instructions, terminal);
  if (report.guide) text += "\n" + wrapped(guide_text(*report.guide), terminal.width(), 2);
  if (!report.verdicts.empty()) {
    text +=
        fmt::format("\n{}\n", terminal.styled(Style::bold, report.baseline_version.empty() ? "against what was measured before"
                                                                                           : "against torch " + report.baseline_version));
    text += verdicts_text(report.verdicts, terminal);
  }
  if (!report.disturbance.empty())
    text += terminal.styled(Style::dim, wrapped("meanwhile " + report.disturbance, terminal.width(), 2)) + "\n";
  return text;
}

std::string bench_history_text(const std::vector<BenchmarkEntry>& entries, const Terminal& terminal) {
  Table table{.header = {"id", "when (UTC)", "generation", "torch", "case", "torch-c over ours"}, .right = {0}};
  for (const BenchmarkEntry& entry : entries) {
    bool first = true;
    for (const BenchResult& result : entry.report.results) {
      if (result.engine != "torch-c" || !result.to_reference) continue;
      const auto once = [&](std::string told) { return Cell{first ? std::move(told) : "", Style::plain}; };
      table.rows.push_back({once(fmt::format("{}", entry.id)),
                            once(minute_text(entry.at)),
                            once(fmt::format("{}", entry.generation)),
                            once(entry.report.torch_version),
                            {result.kernel + " " + result.kernel_case},
                            {ratio_text(result)}});
      first = false;
    }
    if (first)
      table.rows.push_back({{fmt::format("{}", entry.id)},
                            {minute_text(entry.at)},
                            {fmt::format("{}", entry.generation)},
                            {entry.report.torch_version},
                            {""},
                            {""}});
  }
  return entries.empty() ? "no benchmark is recorded\n" : table_text(table, terminal);
}

}  // namespace torchup
