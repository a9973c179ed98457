// Does the environment hold all that its distributions say they need, in the versions that they need? Their own markers and
// extras count: torch asks for its CUDA libraries as extras of another package.
#include "torchup/doctor/doctor.hpp"
#include "torchup/resolver/target.hpp"

#include "src/doctor/distribution_metadata.hpp"
#include "src/doctor/remedies.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <deque>
#include <map>
#include <set>

namespace torchup {

extern const DoctorCheck requirements_check;

namespace {

constexpr const char* k_findings[] = {"requirement-unmet", "python-unsupported"};
constexpr std::size_t k_most_findings = 50;

/// The markers of the environment's interpreter, which is not started for it: its version stands in the environment's files.
Result<MarkerEnvironment> markers_of(const DoctorInput& input) {
  Python python;
  python.path = python.executable = input.environment->python.string();
  python.version = input.environment->python_full_version;
  python.implementation = "cpython";
  python.abi_flags = input.environment->python_version.ends_with('t') ? "t" : "";
  TORCHUP_TRY_ASSIGN(Target target, make_target(input.facts, python));
  return std::move(target.markers);
}

class RequirementWalk {
 public:
  RequirementWalk(const InstalledEnvironment& environment, MarkerEnvironment markers)
      : m_environment(environment), m_markers(std::move(markers)) {}

  CheckReport run() {
    for (const Distribution& distribution : m_environment.distributions) {
      m_metadata.emplace(distribution.name, read_distribution_metadata(distribution.folder));
      visit_later(distribution.name, "");
    }
    check_pythons();
    while (!m_waiting.empty()) {
      const auto [name, extra] = std::move(m_waiting.front());
      m_waiting.pop_front();
      visit(name, extra);
    }
    m_report.status = fmt::format("{} distributions have all {} that they need", m_environment.distributions.size(), m_met.size());
    return std::move(m_report);
  }

 private:
  void visit_later(const std::string& name, const std::string& extra) {
    if (m_seen.emplace(name, extra).second) m_waiting.emplace_back(name, extra);
  }

  void check_pythons() {
    const auto version = Version::parse(m_environment.python_full_version);
    for (const Distribution& distribution : m_environment.distributions) {
      const auto wanted = SpecifierSet::parse(m_metadata.at(distribution.name).requires_python);
      if (!version || !wanted || wanted->contains(*version)) continue;
      add({.id = "python-unsupported",
           .severity = Severity::error,
           .title = fmt::format("`{} {}` is for Python {}, and this environment's is {}", distribution.name, distribution.version,
                                wanted->text(), version->text()),
           .evidence = {fmt::format("{}: Requires-Python: {}", (distribution.folder / "METADATA").string(), wanted->text())},
           .remedy = install_remedy(m_environment, {distribution.name})});
    }
  }

  void visit(const std::string& name, const std::string& extra) {
    const auto metadata = m_metadata.find(name);
    const Distribution* distribution = m_environment.find(name);
    if (metadata == m_metadata.end() || distribution == nullptr) return;
    MarkerEnvironment markers = m_markers;
    if (!extra.empty()) markers.extras.insert(extra);
    for (const Requirement& requirement : metadata->second.requires_dist) {
      if (requirement.marker && !requirement.marker->evaluate(markers)) continue;
      judge(*distribution, requirement);
      for (const PackageName& wanted : requirement.extras) visit_later(requirement.name.text(), wanted.text());
    }
  }

  void judge(const Distribution& by, const Requirement& requirement) {
    const std::string needed = bare(requirement);
    const std::string who = fmt::format("`{} {}`", by.name, by.version);
    const Distribution* there = m_environment.find(requirement.name.text());
    if (there == nullptr) return add_unmet(by, requirement, fmt::format("{} needs `{}`, which is not installed", who, needed));
    const auto version = Version::parse(there->version);
    if (!version)
      return add_unmet(by, requirement, fmt::format("{} needs `{}`, and its version `{}` is none", who, needed, there->version));
    if (!requirement.specifiers.contains(*version))
      return add_unmet(by, requirement, fmt::format("{} needs `{}`, and {} is installed", who, needed, there->version));
    m_met.insert(requirement.name.text());
  }

  static std::string bare(const Requirement& requirement) {
    Requirement copy = requirement;
    copy.marker.reset();
    return copy.text();
  }

  void add_unmet(const Distribution& by, const Requirement& requirement, std::string title) {
    if (!m_unmet.insert(title).second) return;
    add({.id = "requirement-unmet",
         .severity = Severity::error,
         .title = std::move(title),
         .evidence = {fmt::format("{}: Requires-Dist: {}", (by.folder / "METADATA").string(), requirement.text())},
         .remedy = m_environment.kind == "torchup" ? remake_remedy(m_environment, {bare(requirement)})
                                                   : install_remedy(m_environment, {bare(requirement)}),
         .fix = remake_fix(m_environment)});
  }

  void add(DoctorFinding finding) {
    if (m_report.findings.size() < k_most_findings) m_report.findings.push_back(std::move(finding));
  }

  const InstalledEnvironment& m_environment;
  MarkerEnvironment m_markers;
  std::map<std::string, DistributionMetadata> m_metadata;
  std::set<std::pair<std::string, std::string>> m_seen;
  std::deque<std::pair<std::string, std::string>> m_waiting;
  std::set<std::string> m_met, m_unmet;
  CheckReport m_report;
};

CheckReport run(const DoctorInput& input) {
  auto markers = markers_of(input);
  if (!markers) return {.status = "not held against its own requirements: " + markers.error().message};
  return RequirementWalk(*input.environment, *std::move(markers)).run();
}

}  // namespace

constinit const DoctorCheck requirements_check = {.name = "requirements",
                                                  .title = "Requirements",
                                                  .describes = "distributions have what they need, in the versions that they need",
                                                  .needs = CheckNeeds::environment,
                                                  .findings = k_findings,
                                                  .run = run};

}  // namespace torchup
