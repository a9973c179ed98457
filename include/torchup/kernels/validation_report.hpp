#pragma once
// What validation found: one check a line, with its level, the engine that ran it, and what was measured.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace torchup {

enum class CheckOutcome { pass, fail, skip };

struct Check {
  std::string id;      ///< "matmul", "import", "record", ... stable for scripts.
  std::string level;   ///< "files", "load", "numeric", "features", "bench"
  std::string engine;  ///< "static", "native", "torch-c", "torch-python"
  CheckOutcome outcome = CheckOutcome::pass;
  std::string detail;                          ///< One sentence: what was seen, or why it was skipped.
  double seconds = 0;                          ///< How long the operation took (the median where it was repeated).
  std::optional<double> error, limit;          ///< The error measure and what it may be.
  std::string measure;                         ///< The measure's name: "max |err| / (sqrt(n) u |A||B|)".
  std::optional<double> rate, reference_rate;  ///< Work per second, torch's and our reference's, in `rate_unit`.
  std::string rate_unit;                       ///< "GFLOP/s", "matrices/s"
};

struct ValidationReport {
  std::vector<Check> checks;
  std::string torch_version;  ///< As torch says it: "2.15.0+cu132"; empty where it could not be asked.
  std::string cuda_reason;    ///< Why torch.cuda.is_available() is false; empty where it is true or was not asked.
  bool cuda_available = false;

  bool healthy() const {
    for (const Check& check : checks) {
      if (check.outcome == CheckOutcome::fail) return false;
    }
    return !checks.empty();
  }
};

}  // namespace torchup
