#include "src/commands/print_validation.hpp"

#include "src/ui/quantities.hpp"
#include "src/ui/table.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <string_view>

namespace torchup {
namespace {

template <class T>
nlohmann::ordered_json or_null(const std::optional<T>& value) {
  return value ? nlohmann::ordered_json(*value) : nlohmann::ordered_json(nullptr);
}

std::size_t count(const ValidationReport& report, CheckOutcome outcome) {
  std::size_t number = 0;
  for (const auto& check : report.checks) number += check.outcome == outcome ? 1 : 0;
  return number;
}

/// Three digits are what a rate is good for.
std::string rate_text(double rate) { return rate >= 100 ? fmt::format("{:.0f}", rate) : fmt::format("{:.3g}", rate); }

std::string speed_text(const Check& check) {
  if (!check.rate) return "";
  std::string text = fmt::format("{} {}", rate_text(*check.rate), check.rate_unit);
  if (check.reference_rate && *check.reference_rate > 0) text += fmt::format(", {:.1f}x ours", *check.rate / *check.reference_rate);
  return text;
}

Cell mark(CheckOutcome outcome) {
  switch (outcome) {
    case CheckOutcome::pass:
      return {"✓", Style::good};
    case CheckOutcome::fail:
      return {"✗", Style::bad};
    case CheckOutcome::skip:
      break;
  }
  return {"–", Style::dim};
}

/// "matmul" of "matmul-67x129x83-float16".
std::string_view subject_of(const Check& check) { return std::string_view(check.id).substr(0, check.id.find('-')); }

/// One of many cases that differ in sizes and types alone; by itself it tells little where it holds and has no note.
bool is_plain_case(const Check& check) {
  return check.outcome == CheckOutcome::pass && check.level == "numeric" && check.error && !check.rate &&
         check.detail.find(';') == std::string::npos;
}

/// Whether two neighbours say the same of two cases: both hold, or both were skipped for one reason.
bool share_a_line(const Check& one, const Check& other) {
  if (one.engine != other.engine || one.level != other.level || subject_of(one) != subject_of(other)) return false;
  if (one.outcome == CheckOutcome::skip) return other.outcome == CheckOutcome::skip && one.detail == other.detail;
  return is_plain_case(one) && is_plain_case(other);
}

/// Where the checks that share a line with the first one end.
std::size_t end_of_line(const std::vector<Check>& checks, std::size_t first) {
  std::size_t end = first + 1;
  while (end < checks.size() && share_a_line(checks[first], checks[end])) ++end;
  return end;
}

std::vector<Cell> row_of_cases(const std::vector<Check>& checks, std::size_t first, std::size_t end) {
  const Check& check = checks[first];
  const std::string name = fmt::format("{}-*", subject_of(check));
  if (check.outcome == CheckOutcome::skip) {
    return {mark(check.outcome),
            {name, Style::dim},
            {check.engine, Style::dim},
            {fmt::format("{} cases: {}", end - first, check.detail), Style::dim}};
  }
  double nearest = 0;
  for (std::size_t i = first; i < end; ++i) nearest = std::max(nearest, *checks[i].error / checks[i].limit.value_or(1));
  return {mark(check.outcome),
          {name},
          {check.engine, Style::dim},
          {fmt::format("{} cases right, the nearest at {:.0f}% of its limit", end - first, 100 * nearest)}};
}

std::vector<Cell> row_of(const Check& check) {
  const Style style = check.outcome == CheckOutcome::fail ? Style::bad : check.outcome == CheckOutcome::skip ? Style::dim : Style::plain;
  const std::string speed = speed_text(check);
  std::string said = check.detail;
  if (!speed.empty()) said += (said.empty() ? "" : "; ") + speed;
  return {mark(check.outcome), {check.id, style}, {check.engine, Style::dim}, {said, style}};
}

}  // namespace

const char* outcome_name(CheckOutcome outcome) {
  switch (outcome) {
    case CheckOutcome::pass:
      return "pass";
    case CheckOutcome::fail:
      return "fail";
    case CheckOutcome::skip:
      break;
  }
  return "skip";
}

void add_validation_json(nlohmann::ordered_json& document, const ValidationReport& report) {
  document["healthy"] = report.healthy();
  document["torch"] = report.torch_version;
  document["cuda"] = {{"available", report.cuda_available}, {"reason", report.cuda_reason}};
  document["checks"] = nlohmann::ordered_json::array();
  for (const auto& check : report.checks) {
    nlohmann::ordered_json entry = {{"id", check.id},         {"level", check.level},
                                    {"engine", check.engine}, {"outcome", outcome_name(check.outcome)},
                                    {"detail", check.detail}, {"seconds", check.seconds}};
    if (check.error) entry["error"] = {{"measure", check.measure}, {"value", *check.error}, {"limit", or_null(check.limit)}};
    if (check.rate) entry["rate"] = {{"value", *check.rate}, {"reference", or_null(check.reference_rate)}, {"unit", check.rate_unit}};
    document["checks"].push_back(std::move(entry));
  }
}

std::string validation_text(const ValidationReport& report, const Terminal& terminal) {
  Table table{.indent = 2};
  for (std::size_t first = 0; first < report.checks.size();) {
    const std::size_t end = end_of_line(report.checks, first);
    table.rows.push_back(end == first + 1 ? row_of(report.checks[first]) : row_of_cases(report.checks, first, end));
    first = end;
  }
  const std::string summary = validation_summary(report);
  return table_text(table, terminal) + terminal.styled(report.healthy() ? Style::good : Style::bad, summary) + "\n";
}

std::string validation_summary(const ValidationReport& report) {
  const auto failed = count(report, CheckOutcome::fail);
  const auto skipped = count(report, CheckOutcome::skip);
  std::string text = report.checks.empty() ? "unhealthy: nothing was checked"
                     : failed > 0          ? fmt::format("unhealthy: {} of {} failed", failed, count_text(report.checks.size(), "check"))
                                           : fmt::format("healthy: {} passed", count_text(count(report, CheckOutcome::pass), "check"));
  if (skipped > 0) text += fmt::format(", {} skipped", skipped);
  return text;
}

}  // namespace torchup
