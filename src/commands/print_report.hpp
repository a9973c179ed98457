#pragma once
// The report as text, Markdown and JSON.

#include "torchup/doctor/report.hpp"

#include "src/ui/terminal.hpp"

#include <nlohmann/json_fwd.hpp>

#include <string>
#include <vector>

namespace torchup {

/// collect_env's layout; with `sources` each value is followed by where it was read. Ends with a newline.
std::string report_text(const std::vector<ReportSection>& report, bool sources, const Terminal& terminal);

/// A folded section with a table.
std::string report_markdown(const std::vector<ReportSection>& report);

/// `facts[{id,section,name,value,source}]`
void add_report_json(nlohmann::ordered_json& document, const std::vector<ReportSection>& report);

}  // namespace torchup
