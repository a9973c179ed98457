#include "src/validate/python/python_leg.hpp"

#include "src/validate/child/run_reporter.hpp"
#include "src/validate/python/script_folder.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <utility>

namespace torchup {

namespace {

constexpr int k_most_processes = 40;

/// -I passes over PYTHONPATH and the like; LD_LIBRARY_PATH stays, since the user's own Python has it too.
Reporter reporter_of(const std::filesystem::path& python, const ScriptFolder& scripts, std::string level, std::string argument,
                     std::chrono::milliseconds limit) {
  Reporter reporter;
  reporter.command.arguments = {python.string(), "-I", scripts.entry().string(), std::move(level), std::move(argument)};
  reporter.command.environment = environment_without({"PYTHON*", "LD_PRELOAD", "TMPDIR"});
  reporter.command.environment.push_back("TMPDIR=" + scripts.scratch().string());
  reporter.command.limit = limit;
  reporter.engine = "torch-python";
  return reporter;
}

void take_facts(ValidationReport& report, const ValidationReport& part) {
  if (!part.torch_version.empty()) report.torch_version = part.torch_version;
  if (!part.cuda_reason.empty()) report.cuda_reason = part.cuda_reason;
  report.cuda_available = report.cuda_available || part.cuda_available;
}

/// Whether a process that ended here is worth another one: without an interpreter and without torch each would end the same.
bool is_lost(const ValidationReport& part) {
  return part.checks.empty() || part.checks.back().id == "python" || part.checks.back().id == "import-torch";
}

/// Nothing that a feature leaves behind lies outside of its folder.
void keep_inside(const std::filesystem::path& folder, std::vector<std::string>& environment) {
  for (const char* name : {"HOME", "XDG_CACHE_HOME", "TORCHINDUCTOR_CACHE_DIR", "TRITON_HOME", "TRITON_CACHE_DIR", "CUDA_CACHE_PATH"}) {
    environment.erase(std::remove_if(environment.begin(), environment.end(),
                                     [&](const std::string& each) { return each.rfind(std::string(name) + "=", 0) == 0; }),
                      environment.end());
    environment.push_back(fmt::format("{}={}", name, (folder / name).string()));
  }
}

}  // namespace

Status run_python_checks(const std::filesystem::path& python, const std::vector<std::string>& levels, std::chrono::milliseconds limit,
                         const Cancellation& cancellation, ValidationReport& report) {
  TORCHUP_TRY_ASSIGN(const ScriptFolder scripts, ScriptFolder::make());
  std::vector<std::string> known;
  for (int process = 0; process < k_most_processes; ++process) {
    Reporter reporter =
        reporter_of(python, scripts, fmt::format("{}", fmt::join(levels, ",")), fmt::format("{}", fmt::join(known, ",")), limit);
    reporter.first_check = "python";
    reporter.first_level = levels.front();
    ValidationReport part;
    TORCHUP_TRY_ASSIGN(const bool ended, run_reporter(reporter, cancellation, part));
    take_facts(report, part);
    for (const Check& check : part.checks) {
      known.push_back(check.id);
      report.checks.push_back(check);
    }
    if (ended || is_lost(part)) break;
  }
  return {};
}

Status run_feature_checks(const std::filesystem::path& python, std::chrono::milliseconds limit, Diagnostics& diagnostics,
                          const Cancellation& cancellation, ValidationReport& report) {
  for (const std::string& name : feature_names()) {
    std::string words = name;
    std::replace(words.begin(), words.end(), '_', ' ');
    diagnostics.note("trying " + words);
    TORCHUP_TRY_ASSIGN(const ScriptFolder scripts, ScriptFolder::make());
    Reporter reporter = reporter_of(python, scripts, "features", name, limit);
    keep_inside(scripts.scratch(), reporter.command.environment);
    reporter.first_check = name;
    std::replace(reporter.first_check.begin(), reporter.first_check.end(), '_', '-');
    reporter.first_level = "features";
    TORCHUP_TRY(run_reporter(reporter, cancellation, report));
  }
  return {};
}

}  // namespace torchup
