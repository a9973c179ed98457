#pragma once
// Finds one check of a report.

#include "torchup/kernels/validation_report.hpp"

#include <algorithm>
#include <stdexcept>
#include <string>

namespace torchup::test {

/// The check of that id; throws where there is none or more than one, which fails the test.
inline const Check& check_named(const ValidationReport& report, const std::string& id) {
  const auto has_id = [&](const Check& check) { return check.id == id; };
  if (std::count_if(report.checks.begin(), report.checks.end(), has_id) != 1) throw std::runtime_error("not one check " + id);
  return *std::find_if(report.checks.begin(), report.checks.end(), has_id);
}

}  // namespace torchup::test
