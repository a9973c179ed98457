#pragma once
// A benchmark as one page of HTML that needs nothing else: the roofline, every case with its distribution, the verdicts, the history.

#include "torchup/kernels/bench_report.hpp"

#include "src/record/ledger.hpp"

#include <string>
#include <vector>

namespace torchup {

/// As many benchmarks of the history are shown.
constexpr std::size_t k_most_shown = 60;

struct BenchSubject {
  std::string environment;
  unsigned generation = 0;
};

/// `history` is newest first, and may hold the report itself. Text from outside is escaped.
std::string bench_page(const BenchReport& report, const BenchSubject& subject, const std::vector<BenchmarkEntry>& history);

}  // namespace torchup
