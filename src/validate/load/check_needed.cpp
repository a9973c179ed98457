#include "src/validate/load/check_needed.hpp"

#include "torchup/kernels/run_kernel.hpp"

#include "src/validate/counted.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <vector>

namespace torchup {

namespace {

namespace fs = std::filesystem;

constexpr std::size_t k_most_named = 20;

std::string describe_faults(const std::set<NeededFault>& faults) {
  std::vector<std::string> first;
  for (const NeededFault& fault : faults) {
    if (first.size() == k_most_named) break;
    first.push_back(fault_text(fault));
  }
  return fmt::format("{}{}", fmt::join(first, "; "),
                     faults.size() > first.size() ? fmt::format("; and {} more", faults.size() - first.size()) : "");
}

std::string describe_health(const NeededLibraries& needed) {
  std::string detail = counted(needed.visited, "library finds all that it needs", "libraries find all that they need");
  if (!needed.driver_libraries.empty()) {
    detail += fmt::format(", but for the driver's {}, which this host does not have", fmt::join(needed.driver_libraries, ", "));
  }
  return detail;
}

/// `folder` is where the walk began, for the message.
void add_check(const NeededLibraries& needed, const char* folder, double start, ValidationReport& report) {
  Check check;
  check.id = "needed";
  check.level = "load";
  check.engine = "static";
  check.seconds = steady_seconds() - start;
  if (needed.visited == 0) {
    check.outcome = CheckOutcome::fail;
    check.detail = fmt::format("`{}` holds no library", folder);
  } else {
    check.outcome = needed.faults.empty() ? CheckOutcome::pass : CheckOutcome::fail;
    check.detail = needed.faults.empty() ? describe_health(needed) : describe_faults(needed.faults);
  }
  report.checks.push_back(std::move(check));
}

}  // namespace

Status check_needed(const fs::path& site_packages, const LibrarySearch& search, const Cancellation& cancellation,
                    ValidationReport& report) {
  const double start = steady_seconds();
  TORCHUP_TRY_ASSIGN(const NeededLibraries needed, walk_needed(site_packages, search, cancellation));
  add_check(needed, "torch/lib", start, report);
  return {};
}

Status check_native_needed(const fs::path& root, const LibrarySearch& search, const Cancellation& cancellation, ValidationReport& report) {
  const double start = steady_seconds();
  TORCHUP_TRY_ASSIGN(const NeededLibraries needed, walk_native_needed(root, search, cancellation));
  add_check(needed, "lib", start, report);
  return {};
}

}  // namespace torchup
