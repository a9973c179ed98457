#pragma once
// What a benchmark is compared with: another environment or generation, measured in the same rounds, or what was measured before.

#include "torchup/install/environment.hpp"

#include "src/commands/application.hpp"
#include "src/record/ledger.hpp"

#include <optional>
#include <string>
#include <variant>

namespace torchup {

/// Nothing, a generation on disk, or an earlier report.
using Baseline = std::variant<std::monostate, Generation, BenchReport>;

/// `name` is an environment's folder, the number of a generation of `environment`, or a file that `bench --json` wrote.
/// ErrorKind::usage where it is none of them, ErrorKind::host where the generation is not there.
Result<Baseline> find_baseline(const std::string& name, const Environment& environment);

/// A benchmark by its number in the history, or out of a file.
Result<BenchReport> find_report(Application& application, const std::string& name);

/// The newest benchmark of the environment in the history; nothing where there is none, or no history.
std::optional<BenchReport> newest_report(Application& application, const std::filesystem::path& root);

}  // namespace torchup
