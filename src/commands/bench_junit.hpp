#pragma once
// Verdicts as CI systems read test results: JUnit's XML.

#include "torchup/kernels/bench_report.hpp"

#include <string>

namespace torchup {

/// One test case for each verdict; without verdicts one for each result of torch. REGRESSED and broken results are failures,
/// INCONCLUSIVE and NOT_COMPARABLE are skipped. Names from outside are escaped, and what XML cannot hold is left out.
std::string bench_junit(const BenchReport& report);

/// Text between tags or in an attribute, of XML or HTML.
std::string markup_text(std::string_view text);

}  // namespace torchup
