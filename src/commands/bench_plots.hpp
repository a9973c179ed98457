#pragma once
// The drawings of a benchmark's page, as SVG inside HTML; colours come from the page's style. Used by bench_page.cpp.

#include "torchup/kernels/bench_report.hpp"

#include "src/record/ledger.hpp"

#include <string>
#include <vector>

namespace torchup {

/// Arithmetic per second over arithmetic per byte, both logarithmic, with the roof. Empty where the roof is not known.
std::string roofline_plot(const BenchReport& report);

/// Every sample of one result as a strip from the fastest to the slowest of all `others`, with the median. Empty without samples.
std::string distribution_plot(const BenchResult& result, double least_seconds, double most_seconds);

/// Time over our own kernel's through the history, oldest first; one line a case. Empty for fewer than two benchmarks.
std::string history_plot(const std::vector<BenchmarkEntry>& newest_first, const std::string& engine);

}  // namespace torchup
