#include "src/validate/validate_environment.hpp"

#include "torchup/kernels/kernel.hpp"

#include "src/validate/bench/check_speed.hpp"
#include "src/validate/files/check_files.hpp"
#include "src/validate/load/check_needed.hpp"
#include "src/validate/python/python_leg.hpp"
#include "src/validate/python/script_folder.hpp"
#include "src/validate/shim_host.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <system_error>

namespace torchup {

namespace {

bool contains(const std::vector<std::string>& levels, std::string_view level) {
  return std::find(levels.begin(), levels.end(), level) != levels.end();
}

Status check_level_names(const std::vector<std::string>& levels) {
  const std::string hint = fmt::format("the levels are {}", fmt::join(validation_levels(), ", "));
  for (const std::string& level : levels) {
    if (contains(validation_levels(), level)) continue;
    return failure({ErrorKind::usage, fmt::format("`{}` is not a level of validation", level), {}, {hint}});
  }
  if (levels.empty()) return failure({ErrorKind::usage, "no level of validation is named", {}, {hint}});
  return {};
}

/// Whether torch is there, by its libraries or by what pip knows of it: half a torch is to be found faulty, not passed over.
bool has_torch(const std::filesystem::path& site_packages) {
  std::error_code error;
  if (std::filesystem::exists(site_packages / "torch", error)) return true;
  for (std::filesystem::directory_iterator entry(site_packages, error), end; !error && entry != end; entry.increment(error)) {
    const std::string name = entry->path().filename().string();
    if (name.compare(0, 6, "torch-") == 0 && entry->path().extension() == ".dist-info") return true;
  }
  return false;
}

void skip_without_torch(ValidationReport& report, std::string id, std::string level, std::string engine) {
  Check check;
  check.id = std::move(id);
  check.level = std::move(level);
  check.engine = std::move(engine);
  check.outcome = CheckOutcome::skip;
  check.detail = "torch is not installed in this environment";
  report.checks.push_back(std::move(check));
}

void skip_numeric(ValidationReport& report) {
  skip_without_torch(report, "autograd", "numeric", "torch-python");
  for (const Kernel* kernel : kernel_table()) skip_without_torch(report, std::string(kernel->name), "numeric", "torch-c");
}

void skip_features(ValidationReport& report) {
  for (std::string name : feature_names()) {
    std::replace(name.begin(), name.end(), '_', '-');
    skip_without_torch(report, std::move(name), "features", "torch-python");
  }
}

}  // namespace

const std::vector<std::string>& validation_levels() {
  static const std::vector<std::string> levels{"files", "load", "numeric", "features", "bench"};
  return levels;
}

Result<ValidationReport> validate_environment(const ValidationTarget& target, const std::vector<std::string>& levels,
                                              Diagnostics& diagnostics, const Cancellation& cancellation, const ValidationLimits& limits) {
  TORCHUP_TRY(check_level_names(levels));
  ValidationReport report;
  if (contains(levels, "files")) {
    TORCHUP_TRY(check_files(target.site_packages, target.root, limits.threads, diagnostics, cancellation, report));
  }
  const bool torch = has_torch(target.site_packages);
  const bool load = contains(levels, "load"), numeric = contains(levels, "numeric");
  if (load && torch) {
    diagnostics.note("looking for what torch's libraries need");
    TORCHUP_TRY(check_needed(target.site_packages, system_library_search(preloaded_folders(target.site_packages)), cancellation, report));
  }
  std::vector<std::string> python_levels;
  if (load) python_levels.emplace_back("load");
  if (numeric && torch) python_levels.emplace_back("numeric");
  if (!python_levels.empty()) {
    diagnostics.note("asking the environment's own Python");
    TORCHUP_TRY(run_python_checks(target.python, python_levels, limits.python, cancellation, report));
    if (target.after_python) target.after_python();
  }
  if (numeric && torch) {
    diagnostics.note("running torch's operators against float64 references");
    TORCHUP_TRY(
        run_shim_checks(target.self_program, torch_place(target.site_packages), shim_check_ids(), limits.shim, cancellation, report));
  }
  if (numeric && !torch) skip_numeric(report);
  if (contains(levels, "features")) {
    if (torch) {
      TORCHUP_TRY(run_feature_checks(target.python, limits.feature, diagnostics, cancellation, report));
    } else {
      skip_features(report);
    }
  }
  if (contains(levels, "bench")) {
    if (torch) {
      TORCHUP_TRY(check_speed(target.self_program, target.python, target.site_packages, diagnostics, cancellation, report));
    } else {
      skip_without_torch(report, "speed", "bench", "torch-c");
    }
  }
  return report;
}

}  // namespace torchup
