#include "src/commands/bench_page.hpp"

#include "src/commands/bench_junit.hpp"
#include "src/commands/bench_plots.hpp"
#include "src/commands/print_bench.hpp"
#include "src/ui/quantities.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

namespace torchup {
namespace {

constexpr const char* k_style = R"(
:root { color-scheme: light dark; --back: #fcfcfa; --text: #1d2125; --dim: #5c646d; --line: #dcdfe3; --roof: #1d2125; --good: #11703c;
  --bad: #b3261e; --doubt: #8a5a00; --native: #5b6b7b; --blas: #8a6fb5; --torch-c: #d9480f; --torch-python: #1864ab; }
@media (prefers-color-scheme: dark) { :root { --back: #15181b; --text: #e6e8ea; --dim: #9aa3ab; --line: #33393f; --roof: #e6e8ea;
  --good: #5fd08c; --bad: #ff8a80; --doubt: #f0c060; --native: #9fb0c0; --blas: #c3aef0; --torch-c: #ff9a5c; --torch-python: #74b8f7; } }
* { box-sizing: border-box; }
body { margin: 0 auto; padding: 1.5rem 1rem 3rem; max-width: 62rem; background: var(--back); color: var(--text);
  font: 16px/1.5 system-ui, sans-serif; overflow-wrap: anywhere; }
h1 { font-size: 1.6rem; line-height: 1.2; margin: 0 0 .25rem; } h2 { font-size: 1.15rem; margin: 2.2rem 0 .5rem; }
p { margin: .4rem 0; max-width: 44rem; } .dim { color: var(--dim); }
.wide { overflow-x: auto; } table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }
th, td { text-align: left; padding: .3rem .9rem .3rem 0; border-bottom: 1px solid var(--line); vertical-align: middle; overflow-wrap: normal; }
th { color: var(--dim); font-weight: 500; font-size: .85rem; } td.number, th.number { text-align: right; white-space: nowrap; }
td.name, td.engine { white-space: nowrap; } td.name { font-weight: 600; }
.REGRESSED, .bad { color: var(--bad); } .SAME, .IMPROVED { color: var(--good); } .INCONCLUSIVE, .NOT_COMPARABLE { color: var(--doubt); }
.verdict { font-weight: 600; white-space: nowrap; }
svg { display: block; width: 100%; height: auto; } svg text { fill: var(--dim); font-size: 12px; } .plot { min-width: 34rem; max-width: 48rem; }
.strip { width: 15rem; } .grid { stroke: var(--line); } .roof { fill: none; stroke: var(--roof); stroke-width: 2; }
.dot.native { fill: none; stroke-width: 2; } .sample { stroke-width: 1.5; opacity: .45; } .median { stroke: var(--text); stroke-width: 2; }
.native { fill: var(--native); stroke: var(--native); } .blas { fill: var(--blas); stroke: var(--blas); }
.torch-c { fill: var(--torch-c); stroke: var(--torch-c); } .torch-python { fill: var(--torch-python); stroke: var(--torch-python); }
span.key { display: inline-block; margin-right: 1.2rem; } span.key svg { display: inline-block; width: .8rem; vertical-align: middle; }
.line { fill: none; stroke-width: 2; } .line0 { stroke: #d9480f; } .line1 { stroke: #1864ab; } .line2 { stroke: #2b8a3e; } .line3 { stroke: #9c36b5; }
.line4 { stroke: #b08900; } .line5 { stroke: #0b7285; } .line6 { stroke: #c2255c; } .line7 { stroke: #5c7cfa; }
circle.line0, tspan.line0 { fill: #d9480f; } circle.line1, tspan.line1 { fill: #1864ab; } circle.line2, tspan.line2 { fill: #2b8a3e; }
circle.line3, tspan.line3 { fill: #9c36b5; } circle.line4, tspan.line4 { fill: #b08900; } circle.line5, tspan.line5 { fill: #0b7285; }
circle.line6, tspan.line6 { fill: #c2255c; } circle.line7, tspan.line7 { fill: #5c7cfa; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .2rem 1rem; margin: 0; } dt { color: var(--dim); } dd { margin: 0; }
td.reason { min-width: 14rem; }
@media (max-width: 44rem) { .stack thead { display: none; } .stack, .stack tbody { display: block; } .stack tr { display: block; padding: .45rem 0;
  border-bottom: 1px solid var(--line); } .stack td { display: inline-block; border: 0; padding: 0 .8rem 0 0; min-width: 0; }
  .stack td:empty { display: none; } .stack td.name { display: block; } .stack td.strip-cell { display: block; } }
@media (max-width: 30rem) { dl { grid-template-columns: 1fr; } dd { margin: 0 0 .4rem; } }
)";

std::string section(const std::string& title, const std::string& inside) {
  return inside.empty() ? "" : fmt::format("<h2>{}</h2>\n{}\n", markup_text(title), inside);
}

std::string verdict_rows(const std::vector<Verdict>& verdicts) {
  std::string rows;
  for (const Verdict& verdict : verdicts) {
    const bool told = verdict.kind != VerdictKind::not_comparable;
    rows += fmt::format(
        "<tr><td class=\"verdict {0}\">{0}</td><td class=\"name\">{1}</td><td class=\"engine\">{2}</td><td class=\"number\">{3}</td>"
        "<td class=\"number\">{4}</td><td class=\"reason\">{5}</td></tr>\n",
        verdict_name(verdict.kind), markup_text(verdict.kernel + " " + verdict.kernel_case), markup_text(verdict.engine),
        told ? change_text(verdict.change) : "",
        told ? fmt::format("{} to {}", change_text(verdict.interval.low), change_text(verdict.interval.high)) : "",
        markup_text(verdict.reason));
  }
  return rows;
}

std::string verdicts_part(const BenchReport& report) {
  if (report.verdicts.empty()) return {};
  const std::string against = report.baseline_version.empty() ? "what was measured before" : "torch " + report.baseline_version;
  return fmt::format(
      "<p class=\"dim\">Against {}. A change of time counts where its 95 % interval lies beyond the gate and beyond three times what the "
      "same "
      "code scatters by.</p>\n<div class=\"wide\"><table class=\"stack\"><thead><tr><th>verdict</th><th>operation</th><th>engine</th>"
      "<th class=\"number\">change</th><th class=\"number\">95 % "
      "interval</th><th>reason</th></tr></thead><tbody>\n{}</tbody></table></div>",
      markup_text(against), verdict_rows(report.verdicts));
}

std::string legend() {
  std::string text = "<p>";
  for (const char* engine : {"native", "blas", "torch-c", "torch-python"}) {
    text += fmt::format(
        "<span class=\"key\"><svg viewBox=\"0 0 10 10\" aria-hidden=\"true\"><circle class=\"{0}\" cx=\"5\" cy=\"5\" r=\"4\"/></svg> "
        "{0}</span>",
        engine);
  }
  return text + "</p>\n";
}

struct Extent {
  double least = std::numeric_limits<double>::infinity(), most = 0;
};

/// Of all samples of one case, so that its strips have one scale; a few that are far off do not squeeze the others.
Extent extent_of_case(const BenchReport& report, const BenchResult& result) {
  Extent extent;
  for (const BenchResult& each : report.results) {
    if (each.kernel != result.kernel || each.kernel_case != result.kernel_case || each.samples.empty()) continue;
    std::vector<double> sorted = each.samples;
    std::sort(sorted.begin(), sorted.end());
    extent.least = std::min(extent.least, sorted.front());
    extent.most = std::max(extent.most, sorted[sorted.size() * 9 / 10]);
  }
  return extent;
}

std::string result_row(const BenchReport& report, const BenchResult& result, bool first) {
  const std::string name = first ? markup_text(result.kernel + " " + result.kernel_case) : "";
  const std::string engine = markup_text(result.is_baseline ? result.engine + ", baseline" : result.engine);
  if (!result.trouble.empty()) {
    return fmt::format("<tr><td class=\"name\">{}</td><td class=\"engine\">{}</td><td colspan=\"4\" class=\"{}\">{}</td></tr>\n", name,
                       engine, result.broken ? "bad" : "dim", markup_text(result.trouble));
  }
  const Extent extent = extent_of_case(report, result);
  const auto& ratio = result.to_reference;
  return fmt::format(
      "<tr><td class=\"name\">{}</td><td class=\"engine\">{}</td><td class=\"number\">{}</td><td class=\"number\">{}</td><td "
      "class=\"number\">{}</td>"
      "<td class=\"strip-cell\"><div class=\"strip\">{}</div></td></tr>\n",
      name, engine, markup_text(achieved_text(result.achieved, result.rate_unit)),
      result.roofline_fraction > 0 ? fmt::format("{:.0f} %", result.roofline_fraction * 100) : "",
      ratio ? fmt::format("{:.2f} ({:.2f}–{:.2f})", ratio->ratio, ratio->interval.low, ratio->interval.high) : "",
      distribution_plot(result, extent.least, extent.most));
}

std::string results_part(const BenchReport& report) {
  std::string rows, former;
  for (const BenchResult& result : report.results) {
    if (result.engine == "blas" && !result.trouble.empty() && !result.broken) continue;  // it has only some of them
    const std::string name = result.kernel + " " + result.kernel_case;
    rows += result_row(report, result, name != former);
    former = name;
  }
  return "<div class=\"wide\"><table class=\"stack\"><thead><tr><th>operation</th><th>engine</th><th class=\"number\">achieved</th><th "
         "class=\"number\">of "
         "the roof</th>"
         "<th class=\"number\">time over ours</th><th>samples, fast to slow</th></tr></thead><tbody>\n" +
         rows + "</tbody></table></div>";
}

std::string guide_part(const BenchReport& report) {
  if (!report.guide || !report.guide->trouble.empty()) return {};
  const GuideResult& guide = *report.guide;
  return fmt::format(
      "<p>A product of two {0} × {0} matrices in Python with {1}: {2} a run, the mean of {3} after {4} for nothing. "
      "Told, never judged: on a shared machine it moves by a quarter from run to run.</p>",
      guide.size, count_text(guide.threads, "thread"), seconds_text(guide.seconds), guide.runs, guide.warm_ups);
}

std::string instructions_part(const BenchReport& report) {
  std::string rows;
  for (const InstructionCount& each : report.instructions) {
    rows += fmt::format("<tr><td class=\"name\">{}</td><td class=\"engine\">{}</td><td class=\"number\">{}</td></tr>\n",
                        markup_text(each.kernel + " " + each.kernel_case), markup_text(each.is_baseline ? "baseline" : each.engine),
                        each.count);
  }
  return rows.empty() ? "" : "<div class=\"wide\"><table><tbody>\n" + rows + "</tbody></table></div>";
}

std::string fingerprint_part(const BenchReport& report) {
  std::string items;
  for (const auto& [name, value] : report.fingerprint)
    items += fmt::format("<dt>{}</dt><dd>{}</dd>\n", markup_text(name), markup_text(value));
  return items.empty() ? "" : "<dl>\n" + items + "</dl>";
}

std::string plot_part(const std::string& plot) {
  return plot.empty() ? "" : "<div class=\"wide\"><div class=\"plot\">" + plot + "</div></div>";
}

std::string noise_sentence(const BenchReport& report) {
  std::string text = fmt::format("Workers waited for their core {:.0f} % of the time, which is not counted", report.waiting * 100);
  return text + (report.disturbance.empty() ? "." : "; " + report.disturbance + ".");
}

}  // namespace

std::string bench_page(const BenchReport& report, const BenchSubject& subject, const std::vector<BenchmarkEntry>& history) {
  const std::string torch = report.torch_version.empty() ? "no torch" : "torch " + report.torch_version;
  std::string page = fmt::format(
      "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" content=\"width=device-width, "
      "initial-scale=1\">\n<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n"
      "<title>{0} on one core</title>\n<style>{1}</style>\n</head>\n<body>\n<h1>{0} on one core</h1>\n<p class=\"dim\">generation {2} of "
      "{3}</p>\n",
      markup_text(torch), k_style, subject.generation, markup_text(subject.environment));
  page += fmt::format(
      "<p>The roof of this core, measured in the same run: {} of float32 arithmetic, {} of memory.</p>\n<p class=\"dim\">{}</p>\n",
      markup_text(achieved_text(report.roofline.flops / 1e9, "GFLOP/s")), markup_text(achieved_text(report.roofline.bytes / 1e9, "GB/s")),
      markup_text(noise_sentence(report)));
  page += section("Verdicts", verdicts_part(report));
  const std::string roofline = roofline_plot(report);
  page += section("Roofline", roofline.empty() ? "" : legend() + plot_part(roofline));
  page += section("Operations", results_part(report));
  page += section("The guides' product", guide_part(report));
  page += section("Instructions of one run", instructions_part(report));
  page += section("History: torch-c's time over our own kernels'", plot_part(history_plot(history, "torch-c")));
  page += section("What the timings rest on", fingerprint_part(report));
  return page + "</body>\n</html>\n";
}

}  // namespace torchup
