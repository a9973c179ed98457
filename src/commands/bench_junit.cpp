#include "src/commands/bench_junit.hpp"

#include "src/commands/print_bench.hpp"
#include "src/ui/printable.hpp"

#include <fmt/format.h>

namespace torchup {
namespace {

enum class Outcome { passed, failed, skipped };

struct TestCase {
  std::string group, name, message;
  Outcome outcome = Outcome::passed;
  double seconds = 0;
};

TestCase case_of(const Verdict& verdict) {
  TestCase test{"torchup.bench." + verdict.engine, fmt::format("{} {} ({})", verdict.kernel, verdict.kernel_case, verdict.measure),
                verdict_name(verdict.kind)};
  if (verdict.kind == VerdictKind::regressed) test.outcome = Outcome::failed;
  if (verdict.kind == VerdictKind::inconclusive || verdict.kind == VerdictKind::not_comparable) test.outcome = Outcome::skipped;
  if (verdict.kind != VerdictKind::not_comparable) test.message += " " + change_text(verdict.change);
  if (!verdict.reason.empty()) test.message += ": " + verdict.reason;
  return test;
}

TestCase case_of(const BenchResult& result) {
  TestCase test{"torchup.bench." + result.engine, fmt::format("{} {}", result.kernel, result.kernel_case), result.trouble};
  if (!result.trouble.empty()) test.outcome = result.broken ? Outcome::failed : Outcome::skipped;
  test.seconds = result.seconds.median;
  return test;
}

std::string case_text(const TestCase& test) {
  std::string text = fmt::format("    <testcase classname=\"{}\" name=\"{}\" time=\"{:.6f}\"", markup_text(test.group),
                                 markup_text(test.name), test.seconds);
  if (test.outcome == Outcome::passed) return text + "/>\n";
  return text + fmt::format("><{} message=\"{}\"/></testcase>\n", test.outcome == Outcome::failed ? "failure" : "skipped",
                            markup_text(test.message));
}

}  // namespace

std::string markup_text(std::string_view text) {
  std::string safe;
  for (const char letter : printable(text)) {
    switch (letter) {
      case '&':
        safe += "&amp;";
        break;
      case '<':
        safe += "&lt;";
        break;
      case '>':
        safe += "&gt;";
        break;
      case '"':
        safe += "&quot;";
        break;
      case '\'':
        safe += "&#39;";
        break;
      default:
        safe += letter;
    }
  }
  return safe;
}

std::string bench_junit(const BenchReport& report) {
  std::vector<TestCase> tests;
  for (const Verdict& verdict : report.verdicts) tests.push_back(case_of(verdict));
  for (const BenchResult& result : report.results) {
    const bool of_torch = result.engine.compare(0, 6, "torch-") == 0 && !result.is_baseline;
    if (of_torch && (report.verdicts.empty() || result.broken)) tests.push_back(case_of(result));
  }
  std::size_t failures = 0, skipped = 0;
  std::string cases;
  for (const TestCase& test : tests) {
    failures += test.outcome == Outcome::failed ? 1 : 0;
    skipped += test.outcome == Outcome::skipped ? 1 : 0;
    cases += case_text(test);
  }
  return fmt::format(
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n  <testsuite name=\"torchup bench\" tests=\"{}\" failures=\"{}\" "
      "skipped=\"{}\">\n"
      "{}  </testsuite>\n</testsuites>\n",
      tests.size(), failures, skipped, cases);
}

}  // namespace torchup
