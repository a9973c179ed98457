#pragma once
// Benchmarks for people: tables of 80 columns.

#include "torchup/kernels/bench_report.hpp"

#include "src/record/ledger.hpp"
#include "src/ui/terminal.hpp"

#include <string>
#include <vector>

namespace torchup {

/// Every case on every engine, the verdicts, the guides' figure, and what disturbed. Ends with a newline.
std::string bench_text(const BenchReport& report, const Terminal& terminal);

/// One line a verdict.
std::string verdicts_text(const std::vector<Verdict>& verdicts, const Terminal& terminal);

/// One line a benchmark, newest first, by environment.
std::string bench_history_text(const std::vector<BenchmarkEntry>& entries, const Terminal& terminal);

/// "+12.3 %", of a share.
std::string change_text(double share);

/// "2026-11-23 14:05", UTC.
std::string minute_text(std::chrono::sys_seconds time);

/// Three digits, which is what a rate is good for, and its unit: "84.1 GFLOP/s".
std::string achieved_text(double rate, const std::string& unit);

}  // namespace torchup
