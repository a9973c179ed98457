// Do torch and NumPy speak one binary interface? NumPy 2 changed it, and releases of torch before 2.3 are compiled against NumPy 1.
#include "torchup/doctor/doctor.hpp"

#include "src/doctor/remedies.hpp"

#include <fmt/format.h>

namespace torchup {

extern const DoctorCheck numpy_check;

namespace {

constexpr const char* k_findings[] = {"numpy-abi", "numpy-missing"};

CheckReport run(const DoctorInput& input) {
  const InstalledEnvironment& environment = *input.environment;
  if (!environment.torch) return {.status = "torch is not installed"};
  const Distribution* numpy = environment.find("numpy");
  const auto torch = Version::parse(environment.torch->version);
  if (numpy == nullptr) {
    return {.status = "NumPy is not installed",
            .findings = {{.id = "numpy-missing",
                          .severity = Severity::note,
                          .title = "NumPy is not installed: `torch.from_numpy` and `.numpy()` do not work, and torch says so once",
                          .evidence = {fmt::format("no numpy-*.dist-info in `{}`", environment.site_packages.string())},
                          .remedy = install_remedy(environment, {"numpy"})}}};
  }
  const auto version = Version::parse(numpy->version);
  CheckReport report{.status = fmt::format("NumPy {} goes with torch {}", numpy->version, environment.torch->version)};
  if (!torch || !version || *version < Version::parse("2").value() || *torch >= Version::parse("2.3").value()) return report;
  report.findings.push_back(
      {.id = "numpy-abi",
       .severity = Severity::error,
       .title = fmt::format("torch {} is compiled against NumPy 1, and NumPy {} is installed", environment.torch->version, numpy->version),
       .evidence = {environment.torch->source.string(), numpy->folder.string(), "Python says `_ARRAY_API not found`, and `.numpy()` fails"},
       .remedy = install_remedy(environment, {"numpy<2"})});
  return report;
}

}  // namespace

constinit const DoctorCheck numpy_check = {.name = "numpy",
                                           .title = "NumPy",
                                           .describes = "torch and NumPy are compiled for one binary interface",
                                           .needs = CheckNeeds::environment,
                                           .findings = k_findings,
                                           .run = run};

}  // namespace torchup
