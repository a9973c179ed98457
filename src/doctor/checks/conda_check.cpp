// Do conda and pip have the same packages in one environment, or is an environment of the one active over the other's? Each
// overwrites what the other installed and knows nothing of it.
#include "torchup/doctor/doctor.hpp"

#include "src/doctor/remedies.hpp"
#include "src/doctor/report_packages.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <system_error>

namespace torchup {

extern const DoctorCheck conda_check;

namespace {

constexpr const char* k_findings[] = {"conda-pip-mixed", "conda-active-too"};

/// conda's name for what pip calls otherwise.
std::string pip_name(const std::string& conda) {
  if (conda == "pytorch" || conda == "pytorch-cpu" || conda == "pytorch-gpu") return "torch";
  return conda == "numpy-base" ? "numpy" : conda;
}

/// By pip's names.
std::map<std::string, std::string> packages_of_conda(const std::filesystem::path& root) {
  std::map<std::string, std::string> packages;
  for (const auto& [name, version] : conda_packages(root)) packages.emplace(pip_name(name), version);
  return packages;
}

CheckReport run(const DoctorInput& input) {
  const InstalledEnvironment& environment = *input.environment;
  CheckReport report{.status = environment.kind == "conda" ? "conda alone installed what it has" : "no environment of conda"};
  if (environment.kind == "conda") {
    const auto conda = packages_of_conda(environment.root);
    for (const Distribution& distribution : environment.distributions) {
      const auto twice = conda.find(distribution.name);
      if (twice == conda.end() || distribution.installer == "conda" || distribution.installer.empty()) continue;
      const bool framework = distribution.name == "torch" || distribution.name == "numpy";
      report.findings.push_back({.id = "conda-pip-mixed",
                                 .severity = framework ? Severity::error : Severity::warning,
                                 .title = fmt::format("`{}` is installed by conda ({}) and by {} ({})", distribution.name, twice->second,
                                                      distribution.installer, distribution.version),
                                 .evidence = {(environment.root / "conda-meta").string(), distribution.folder.string()},
                                 .remedy = {fmt::format("`{} -m pip uninstall {}`, then `conda install --force-reinstall {}`",
                                                        shell_word(environment.python.string()), distribution.name, distribution.name),
                                            "keep torch out of conda: `torchup install torch --env DIR`"}});
    }
    return report;
  }
  const auto conda = input.host.environment("CONDA_PREFIX"), active = input.host.environment("VIRTUAL_ENV");
  if (!conda || !active) return report;
  report.findings.push_back({.id = "conda-active-too",
                             .severity = Severity::note,
                             .title = fmt::format("an environment of conda, `{}`, is active beside this one", *conda),
                             .evidence = {fmt::format("CONDA_PREFIX={}", *conda), fmt::format("VIRTUAL_ENV={}", *active),
                                          "programs and compilers may come from it"},
                             .remedy = {"`conda deactivate`"}});
  return report;
}

}  // namespace

constinit const DoctorCheck conda_check = {.name = "conda",
                                           .title = "Conda",
                                           .describes = "conda and pip did not install the same packages",
                                           .needs = CheckNeeds::environment,
                                           .findings = k_findings,
                                           .run = run};

}  // namespace torchup
