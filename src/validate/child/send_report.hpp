#pragma once
// The child's side of its report: for the programs that run_child and the bench's workers start.

#include <string_view>

namespace torchup {

/// Writes a whole line to k_report_descriptor. Ends the process where nobody listens any more.
void send_report(std::string_view line);

}  // namespace torchup
