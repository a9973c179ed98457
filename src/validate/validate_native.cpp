#include "src/validate/validate_native.hpp"

#include "src/elf/elf_file.hpp"
#include "src/elf/native_binary.hpp"
#include "src/validate/files/check_files.hpp"
#include "src/validate/load/check_needed.hpp"
#include "src/validate/native/check_build.hpp"
#include "src/validate/native/check_native.hpp"
#include "src/validate/shim_host.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

namespace torchup {
namespace {

bool runs_here(const NativeBuild& build) {
  return build.system == "linux" && is_same_machine(build.machine, elf_machine_name(own_elf_machine()));
}

Status check_level_names(const std::vector<std::string>& levels) {
  const auto& known = native_levels();
  for (const std::string& level : levels) {
    if (std::ranges::find(known, level) != known.end()) continue;
    return failure({ErrorKind::usage,
                    fmt::format("`{}` is not a level of validation", level),
                    {},
                    {fmt::format("the levels of LibTorch are {}", fmt::join(known, ", "))}});
  }
  return {};
}

void skip(const char* id, const char* level, const NativeBuild& build, ValidationReport& report) {
  Check check;
  check.id = id;
  check.level = level;
  check.engine = "static";
  check.outcome = CheckOutcome::skip;
  check.detail = fmt::format("what is built for {} on {} does not run here", build.system, build.machine);
  report.checks.push_back(std::move(check));
}

}  // namespace

const std::vector<std::string>& native_levels() {
  static const std::vector<std::string> levels{"files", "load", "numeric", "build"};
  return levels;
}

Result<ValidationReport> validate_native(const NativeTarget& target, const std::vector<std::string>& levels, Diagnostics& diagnostics,
                                         const Cancellation& cancellation, const NativeLimits& limits) {
  TORCHUP_TRY(check_level_names(levels));
  const auto wants = [&](const char* level) { return std::ranges::find(levels, level) != levels.end(); };
  const auto& root = target.tree.root;
  const bool here = runs_here(target.build);
  ValidationReport report;
  if (wants("files")) TORCHUP_TRY(check_files(target.records, root, limits.threads, diagnostics, cancellation, report));
  if (wants("load")) {
    TORCHUP_TRY(check_machines(target, cancellation, report));
    check_abi(target, report);
    check_version(target, report);
    if (here)
      TORCHUP_TRY(check_native_needed(root, system_library_search({}), cancellation, report));
    else
      skip("needed", "load", target.build, report);
  }
  // Code for another machine is refused above; loading it would tell the same in the loader's words.
  const bool is_sound = report.healthy() || report.checks.empty();
  if (wants("numeric") && here && is_sound) {
    diagnostics.note("running torch's operators against float64 references");
    TORCHUP_TRY(run_shim_checks(target.self_program, {root / "lib", target.records}, shim_check_ids(), limits.shim, cancellation, report));
    check_library_version(target, report);
  } else if (wants("numeric") && !here) {
    skip("libtorch", "numeric", target.build, report);
  }
  if (wants("build") && here && is_sound) {
    diagnostics.note("building a program against it");
    TORCHUP_TRY(check_build(target, limits.build, cancellation, report));
  } else if (wants("build") && !here) {
    skip("configure", "build", target.build, report);
  }
  return report;
}

}  // namespace torchup
