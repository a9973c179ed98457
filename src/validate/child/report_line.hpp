#pragma once
// What a child says in one line of its report, as JSON: what it begins, a finished check, a fact about torch, or that it
// has come to its end. Written by the shim host and by torchup_checks/reporting.py, read by the parent, who trusts neither.

#include "torchup/kernels/validation_report.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <variant>

namespace torchup {

/// The child is about to run this check; it is to blame if the child ends now.
struct CheckBegins {
  std::string id, level;
};

/// "torch_version", "cuda_reason" or "cuda_available" and its value.
struct TorchFact {
  std::string name, value;
};

struct ReportEnds {};

using ReportItem = std::variant<CheckBegins, Check, TorchFact, ReportEnds>;

/// Nothing for a line that is none of them.
std::optional<ReportItem> parse_report_line(std::string_view line);

/// One line, its end included.
std::string write_report_line(const ReportItem& item);

}  // namespace torchup
