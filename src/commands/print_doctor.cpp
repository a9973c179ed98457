#include "src/commands/print_doctor.hpp"

#include "src/ui/printable.hpp"
#include "src/ui/quantities.hpp"
#include "src/ui/table.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>

namespace torchup {
namespace {

using Json = nlohmann::ordered_json;

struct Mark {
  const char* sign;
  Style style;
};

/// The worst that a check found; nothing found at all is null, and what was not looked at has a sign of its own.
Mark mark_of(const Examination& examination) {
  if (!examination.passed_over.empty()) return {"[-]", Style::dim};
  const auto worst = worst_of(examination.report.findings);
  if (!worst || *worst == Severity::note) return {"[✓]", Style::good};
  return *worst == Severity::warning ? Mark{"[!]", Style::warning} : Mark{"[✗]", Style::bad};
}

Mark mark_of(Severity severity) {
  switch (severity) {
    case Severity::note:
      return {"•", Style::accent};
    case Severity::warning:
      return {"!", Style::warning};
    case Severity::error:
      break;
  }
  return {"✗", Style::bad};
}

/// A paragraph after a lead such as "  ! ", its further lines below its first word.
std::string paragraph(std::string_view lead, std::string_view text, Style style, const Terminal& terminal) {
  const std::size_t indent = columns(lead);
  const std::size_t width = std::max<std::size_t>(terminal.width(), indent + 20) - indent;
  const std::string lines = wrapped(printable(text), width, 0);
  std::string result(lead);
  for (std::size_t start = 0; start <= lines.size();) {
    const auto end = std::min(lines.find('\n', start), lines.size());
    if (start > 0) result.append(indent, ' ');
    result += terminal.styled(style, std::string_view(lines).substr(start, end - start)) + "\n";
    start = end + 1;
  }
  return result;
}

std::string finding_text(const DoctorFinding& finding, const Terminal& terminal) {
  const Mark mark = mark_of(finding.severity);
  const std::string title = fmt::format("{} ({})", finding.title, finding.id);
  std::string text = "    " + terminal.styled(mark.style, mark.sign) + " ";
  text += paragraph("      ", title, Style::plain, terminal).substr(6);
  for (const std::string& line : finding.evidence) text += paragraph("        ", line, Style::dim, terminal);
  for (std::size_t i = 0; i < finding.remedy.size(); ++i) {
    const char* const lead = i == 0 ? "        do: " : "        or: ";
    // A command is not broken into lines of its own, so that it can be pasted.
    const bool command = finding.remedy[i].find('`') != std::string::npos;
    text += command ? lead + printable(finding.remedy[i]) + "\n" : paragraph(lead, finding.remedy[i], Style::plain, terminal);
  }
  return text;
}

std::string summary(const std::vector<Examination>& examinations, const Terminal& terminal) {
  std::size_t errors = 0, warnings = 0, notes = 0, ran = 0, fixable = 0;
  for (const Examination& examination : examinations) {
    ran += examination.passed_over.empty() ? 1 : 0;
    for (const DoctorFinding& finding : examination.report.findings) {
      (finding.severity == Severity::error ? errors : finding.severity == Severity::warning ? warnings : notes) += 1;
      fixable += finding.fix ? 1 : 0;
    }
  }
  const std::string noted = notes > 0 ? fmt::format(", {}", count_text(notes, "note")) : "";
  const std::string checks = count_text(ran, "check");
  if (errors + warnings == 0) return terminal.styled(Style::good, fmt::format("nothing is wrong: {}{}", checks, noted)) + "\n";
  std::string text = errors > 0 ? count_text(errors, "error") : "";
  if (warnings > 0) text += (text.empty() ? "" : ", ") + count_text(warnings, "warning");
  text = terminal.styled(errors > 0 ? Style::bad : Style::warning, fmt::format("{}{} in {}", text, noted, checks));
  if (fixable > 0) text += fmt::format("; `--fix` can end {} of them", fixable);
  return text + "\n";
}

Json finding_json(const DoctorFinding& finding, const DoctorCheck& check) {
  return {{"id", finding.id},
          {"severity", severity_name(finding.severity)},
          {"title", finding.title},
          {"evidence", finding.evidence},
          {"remedy", finding.remedy},
          {"check", check.name},
          {"fix", finding.fix ? Json(fix_text(*finding.fix)) : Json(nullptr)}};
}

Json ids_of(const DoctorCheck& check) {
  Json ids = Json::array();
  for (const char* id : check.findings) ids.push_back(id);
  return ids;
}

}  // namespace

std::string doctor_text(const std::vector<Examination>& examinations, bool verbose, const Terminal& terminal) {
  std::size_t title_width = 0;
  for (const Examination& examination : examinations) title_width = std::max(title_width, columns(examination.check->title));
  std::string text;
  for (const Examination& examination : examinations) {
    if (!examination.passed_over.empty() && !verbose && examinations.size() > 1) continue;
    const Mark mark = mark_of(examination);
    const auto& findings = examination.report.findings;
    const bool wrong = worst_of(findings).value_or(Severity::note) > Severity::note;
    const std::string status = !examination.passed_over.empty() ? "not looked at: " + examination.passed_over
                               : wrong                          ? count_text(findings.size(), "finding")
                                                                : examination.report.status;
    const std::string title = fmt::format("{:<{}}", examination.check->title, title_width);
    text += terminal.styled(mark.style, mark.sign) + " " + terminal.styled(Style::bold, title) + "  ";
    const std::size_t lead = 4 + title_width + 2;
    text += paragraph(std::string(lead, ' '), status, wrong ? Style::plain : Style::dim, terminal).substr(lead);
    for (const DoctorFinding& finding : findings) text += finding_text(finding, terminal);
  }
  return text + "\n" + summary(examinations, terminal);
}

void add_doctor_json(Json& document, const std::vector<Examination>& examinations) {
  Json checks = Json::array(), findings = Json::array();
  for (const Examination& examination : examinations) {
    const auto worst = worst_of(examination.report.findings);
    const std::string outcome = !examination.passed_over.empty() ? "skipped" : worst ? severity_name(*worst) : "ok";
    checks.push_back({{"id", examination.check->name},
                      {"outcome", outcome},
                      {"status", examination.passed_over.empty() ? examination.report.status : examination.passed_over}});
    for (const DoctorFinding& finding : examination.report.findings) findings.push_back(finding_json(finding, *examination.check));
  }
  document["findings"] = std::move(findings);
  document["checks"] = std::move(checks);
}

std::string check_list_text(const Terminal& terminal) {
  Table table{.header = {"check", "looks whether", "findings"}};
  for (const DoctorCheck* check : doctor_table()) {
    std::string ids;
    for (const char* id : check->findings) ids += (ids.empty() ? "" : " ") + std::string(id);
    table.rows.push_back({{check->name, Style::bold}, {check->describes}});
    table.rows.push_back({{""}, {ids, Style::dim}});
  }
  table.header.pop_back();
  return table_text(table, terminal);
}

void add_check_list_json(Json& document) {
  document["checks"] = Json::array();
  for (const DoctorCheck* check : doctor_table()) {
    Json needed = Json::array({"host"});
    if (needs(check->needs, CheckNeeds::environment)) needed.push_back("environment");
    if (needs(check->needs, CheckNeeds::this_machine)) needed.push_back("machine");
    if (needs(check->needs, CheckNeeds::network)) needed.push_back("network");
    document["checks"].push_back(
        {{"id", check->name}, {"title", check->title}, {"describes", check->describes}, {"needs", needed}, {"findings", ids_of(*check)}});
  }
}

}  // namespace torchup
