#pragma once
// What validation found, for people and for scripts: shared by install, sync and verify.

#include "torchup/kernels/validation_report.hpp"

#include "src/ui/terminal.hpp"

#include <nlohmann/json_fwd.hpp>

#include <string>

namespace torchup {

/// The check's outcome as `--json` spells it: "pass", "fail" or "skip".
const char* outcome_name(CheckOutcome outcome);

/// `healthy`, `torch`, `cuda` and `checks[…]` as cli says; added to the document.
void add_validation_json(nlohmann::ordered_json& document, const ValidationReport& report);

/// One line a check; neighbouring cases of one operator that hold and were not timed share a line. A summary at the end.
std::string validation_text(const ValidationReport& report, const Terminal& terminal);

/// "healthy: 14 checks passed" or "unhealthy: 2 of 14 checks failed".
std::string validation_summary(const ValidationReport& report);

}  // namespace torchup
