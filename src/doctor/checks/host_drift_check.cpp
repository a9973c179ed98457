// Has the host changed since validation last found this environment healthy? An upgraded driver, another GPU or C library make
// what was proved then a guess.
#include "torchup/doctor/doctor.hpp"
#include "torchup/doctor/host_marks.hpp"

#include "src/doctor/remedies.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>

namespace torchup {

extern const DoctorCheck host_drift_check;

namespace {

constexpr const char* k_findings[] = {"host-drift"};

/// A kernel that was updated is an ordinary thing; torch does not depend on it as it does on drivers.
bool is_minor(const std::string& name) { return name == "kernel" || name == "distribution"; }

CheckReport run(const DoctorInput& input) {
  if (!input.healthy_host || input.healthy_host->facts.empty()) return {.status = "no healthy run of this environment is recorded"};
  std::map<std::string, std::string> then(input.healthy_host->facts.begin(), input.healthy_host->facts.end());
  std::vector<std::string> changes;
  bool matters = false;
  const auto note = [&](const std::string& name, std::string text) {
    changes.push_back(std::move(text));
    matters = matters || !is_minor(name);
  };
  for (const auto& [name, value] : host_marks(input.facts)) {
    const auto before = then.find(name);
    if (before == then.end()) {
      note(name, fmt::format("{}: {} (there was none)", name, value));
    } else if (before->second != value) {
      note(name, fmt::format("{}: {} (was {})", name, value, before->second));
    }
    if (before != then.end()) then.erase(before);
  }
  for (const auto& [name, value] : then) note(name, fmt::format("{}: gone (was {})", name, value));
  CheckReport report{.status = fmt::format("as on {}, when this environment was last found healthy", input.healthy_host->when)};
  if (changes.empty()) return report;
  report.findings.push_back(
      {.id = "host-drift",
       .severity = matters ? Severity::warning : Severity::note,
       .title = fmt::format("the host has changed since {}, when this environment was last found healthy", input.healthy_host->when),
       .evidence = std::move(changes),
       .remedy = {fmt::format("`torchup verify --env {}` proves it again", shell_word(input.environment->root.string()))}});
  return report;
}

}  // namespace

constinit const DoctorCheck host_drift_check = {
    .name = "host-drift",
    .title = "Host drift",
    .describes = "driver, GPUs and C library are as when the environment was last found healthy",
    .needs = CheckNeeds::environment | CheckNeeds::this_machine,
    .findings = k_findings,
    .run = run};

}  // namespace torchup
