#pragma once
// A benchmark as `--json` prints it, and read back from such a file.

#include "torchup/core/result.hpp"
#include "torchup/kernels/bench_report.hpp"

#include <nlohmann/json_fwd.hpp>

#include <string_view>

namespace torchup {

/// `fingerprint`, `torch`, `roofline`, `results[…]`, `verdicts[…]` and what else there is; added to the document.
void add_bench_json(nlohmann::ordered_json& document, const BenchReport& report);

nlohmann::ordered_json verdict_json(const Verdict& verdict);

/// What such a document says of fingerprint, versions and results; the rest is left out. ErrorKind::usage where it is none.
Result<BenchReport> read_bench_json(std::string_view text);

}  // namespace torchup
