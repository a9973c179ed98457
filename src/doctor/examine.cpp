#include "torchup/core/edit_distance.hpp"
#include "torchup/doctor/doctor.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace torchup {
namespace {

bool answers_to(const DoctorCheck& check, std::string_view word) {
  return check.name == word || std::any_of(check.findings.begin(), check.findings.end(), [&](const char* id) { return id == word; });
}

Error unknown_check(const std::string& word) {
  constexpr std::size_t k_longest = 64;
  std::string near;
  std::size_t distance = 4;  // three slips are the most that a word is known by
  const auto compare = [&](const char* known) {
    if (const auto apart = edit_distance(std::string_view(word).substr(0, k_longest), known); apart < distance)
      near = known, distance = apart;
  };
  for (const DoctorCheck* check : doctor_table()) {
    compare(check->name);
    for (const char* id : check->findings) compare(id);
  }
  Error error{ErrorKind::usage, fmt::format("`{}` is neither a check nor a finding of one", word), {}, {}};
  if (!near.empty()) error.hints.push_back(fmt::format("did you mean `{}`?", near));
  error.hints.emplace_back("`torchup doctor --list` names them all");
  return error;
}

/// Why a check cannot run on what there is; empty where it can.
std::string obstacle(const DoctorCheck& check, const DoctorInput& input) {
  if (needs(check.needs, CheckNeeds::this_machine) && !input.host_is_this) return "looks at this machine, and another one is asked about";
  if (needs(check.needs, CheckNeeds::environment) && input.environment == nullptr) return "there is no environment to look at";
  if (needs(check.needs, CheckNeeds::network) && input.transport == nullptr) return "asks the network, and this run is offline";
  return {};
}

}  // namespace

const char* severity_name(Severity severity) {
  switch (severity) {
    case Severity::note:
      return "note";
    case Severity::warning:
      return "warning";
    case Severity::error:
      break;
  }
  return "error";
}

std::optional<Severity> worst_of(const std::vector<DoctorFinding>& findings) {
  std::optional<Severity> worst;
  for (const DoctorFinding& finding : findings) worst = std::max(worst.value_or(Severity::note), finding.severity);
  return worst;
}

Result<std::vector<const DoctorCheck*>> choose_checks(const std::vector<std::string>& words) {
  const auto table = doctor_table();
  for (const std::string& word : words) {
    if (std::none_of(table.begin(), table.end(), [&](const DoctorCheck* check) { return answers_to(*check, word); })) {
      return failure(unknown_check(word));
    }
  }
  std::vector<const DoctorCheck*> chosen;
  for (const DoctorCheck* check : table) {
    const bool named = std::any_of(words.begin(), words.end(), [&](const std::string& word) { return answers_to(*check, word); });
    if (words.empty() || named) chosen.push_back(check);
  }
  return chosen;
}

Result<std::vector<Examination>> examine(const std::vector<const DoctorCheck*>& checks, const DoctorInput& input) {
  std::vector<Examination> examinations;
  for (const DoctorCheck* check : checks) {
    TORCHUP_TRY(input.cancellation.check());
    Examination examination{.check = check, .passed_over = obstacle(*check, input)};
    if (examination.passed_over.empty()) examination.report = check->run(input);
    examinations.push_back(std::move(examination));
  }
  TORCHUP_TRY(input.cancellation.check());
  return examinations;
}

}  // namespace torchup
