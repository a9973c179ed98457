#include "src/validate/child/run_reporter.hpp"

#include "src/validate/child/report_line.hpp"

#include <fmt/format.h>

namespace torchup {

namespace {

constexpr std::size_t k_most_checks = 1000;
constexpr std::size_t k_longest_quote = 400;

/// The last lines that a process printed, on one line.
std::string quote_of(const std::string& printed) {
  std::string text = printed.size() > k_longest_quote ? printed.substr(printed.size() - k_longest_quote) : printed;
  for (char& letter : text) {
    if (letter == '\n' || letter == '\r' || letter == '\t') letter = ' ';
  }
  const auto first = text.find_first_not_of(' ');
  if (first == std::string::npos) return {};
  return text.substr(first, text.find_last_not_of(' ') - first + 1);
}

class Collector {
 public:
  Collector(const Reporter& reporter, ValidationReport& report) : m_report(report), m_running{reporter.first_check, reporter.first_level} {}

  void take(std::string_view line) {
    if (auto item = parse_report_line(line))
      std::visit([this](auto&& each) { apply(std::forward<decltype(each)>(each)); }, *std::move(item));
  }

  bool ended() const { return m_ended; }
  const CheckBegins& running() const { return m_running; }

 private:
  void apply(CheckBegins&& item) { m_running = std::move(item); }
  void apply(ReportEnds&&) { m_ended = true; }
  void apply(Check&& check) {
    if (m_report.checks.size() < k_most_checks) m_report.checks.push_back(std::move(check));
  }
  void apply(TorchFact&& fact) {
    if (fact.name == "torch_version")
      m_report.torch_version = std::move(fact.value);
    else if (fact.name == "cuda_reason")
      m_report.cuda_reason = std::move(fact.value);
    else if (fact.name == "cuda_available")
      m_report.cuda_available = fact.value == "true";
  }

  ValidationReport& m_report;
  CheckBegins m_running;
  bool m_ended = false;
};

}  // namespace

Result<bool> run_reporter(const Reporter& reporter, const Cancellation& cancellation, ValidationReport& report) {
  Collector collector(reporter, report);
  TORCHUP_TRY_ASSIGN(const ChildOutcome outcome, run_child(
                                                     reporter.command, [&](std::string_view line) { collector.take(line); }, cancellation));
  // A process that has said all it had to say may still crash on its way out; that is worth a finding of its own.
  const bool clean = outcome.end == ChildEnd::exited && outcome.code == 0;
  if (collector.ended() && clean) return true;

  Check check;
  check.id = collector.ended() ? "exit" : collector.running().id;
  check.level = collector.running().level;
  check.engine = reporter.engine;
  check.outcome = CheckOutcome::fail;
  check.detail = clean ? "the process ended without a result"
                       : fmt::format("the process {}{}", describe_end(outcome, reporter.command.limit),
                                     collector.ended() ? " after the last check" : "");
  if (const std::string quote = quote_of(outcome.printed); !quote.empty()) check.detail += fmt::format("; it printed: {}", quote);
  report.checks.push_back(std::move(check));
  return collector.ended();
}

}  // namespace torchup
