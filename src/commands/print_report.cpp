#include "src/commands/print_report.hpp"

#include "src/ui/printable.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace torchup {
namespace {

/// A cell of a Markdown table: what would end it or begin HTML is escaped, lines are broken with <br>.
std::string cell(const std::string& text) {
  std::string escaped;
  for (const char c : printable(text)) {
    if (c == '|') {
      escaped += "\\|";
    } else if (c == '<') {
      escaped += "&lt;";
    } else if (c == '`') {
      escaped += "\\`";
    } else if (c == '\n') {
      escaped += "<br>";
    } else {
      escaped += c;
    }
  }
  return escaped;
}

}  // namespace

std::string report_text(const std::vector<ReportSection>& report, bool sources, const Terminal& terminal) {
  std::string text;
  for (const ReportSection& section : report) {
    if (!text.empty()) text += "\n";
    if (!section.name.empty()) text += terminal.styled(Style::bold, section.name + ":") + "\n";
    for (const ReportFact& fact : section.facts) {
      const bool several = fact.value.find('\n') != std::string::npos;
      text += printable(fact.name) + (fact.name.ends_with(']') ? "" : ":") + (several ? "\n" : " ") + printable(fact.value);
      if (sources && !fact.source.empty()) text += "  " + terminal.styled(Style::dim, "[" + printable(fact.source) + "]");
      text += "\n";
    }
  }
  return text;
}

std::string report_markdown(const std::vector<ReportSection>& report) {
  std::string text = "<details>\n<summary>torchup report</summary>\n";
  for (const ReportSection& section : report) {
    text += fmt::format("\n| {} | |\n|---|---|\n", section.name.empty() ? "fact" : cell(section.name));
    for (const ReportFact& fact : section.facts) text += fmt::format("| {} | {} |\n", cell(fact.name), cell(fact.value));
  }
  return text + "\n</details>\n";
}

void add_report_json(nlohmann::ordered_json& document, const std::vector<ReportSection>& report) {
  document["facts"] = nlohmann::ordered_json::array();
  for (const ReportSection& section : report) {
    for (const ReportFact& fact : section.facts) {
      document["facts"].push_back(
          {{"id", fact.id}, {"section", section.name}, {"name", fact.name}, {"value", fact.value}, {"source", fact.source}});
    }
  }
}

}  // namespace torchup
