// Do torch's libraries find the libraries that they need, and in the versions that they need? ELF files are read and the
// loader's order is followed; nothing is loaded.
#include "torchup/doctor/doctor.hpp"

#include "src/doctor/remedies.hpp"
#include "src/elf/library_search.hpp"
#include "src/validate/load/needed_walk.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>
#include <string_view>

namespace torchup {

extern const DoctorCheck libraries_check;

namespace {

constexpr const char* k_findings[] = {"library-missing", "library-damaged",   "library-other-machine",
                                      "glibc-too-old",   "libstdcxx-too-old", "library-version-missing"};
constexpr std::size_t k_most_evidence = 8;

/// One finding stands for all faults that have the same cause: a library that is not there, a file that is too old.
struct Cause {
  NeededFault::Kind kind;
  std::string subject;
  auto operator<=>(const Cause&) const = default;
};

Cause cause_of(const NeededFault& fault) {
  switch (fault.kind) {
    case NeededFault::Kind::missing:
    case NeededFault::Kind::from_host:
      return {fault.kind, fault.library};
    case NeededFault::Kind::version_missing:
      return {fault.kind, fault.library + "\n" + fault.found};
    case NeededFault::Kind::unreadable:
    case NeededFault::Kind::other_machine:
      break;
  }
  return {fault.kind, fault.object};
}

/// The distribution whose wheel carries a library, where its name tells: libnccl.so.2 is of nvidia-nccl-cu13.
std::string wheel_of(const InstalledEnvironment& environment, std::string_view library) {
  constexpr std::pair<std::string_view, std::string_view> k_wheels[] = {
      {"libcublas", "cublas"},     {"libnvblas", "cublas"},     {"libcudart", "cuda-runtime"},
      {"libcudnn", "cudnn"},       {"libnccl", "nccl"},         {"libcufft", "cufft"},
      {"libcurand", "curand"},     {"libcusolver", "cusolver"}, {"libcusparseLt", "cusparselt"},
      {"libcusparse", "cusparse"}, {"libnvrtc", "cuda-nvrtc"},  {"libnvJitLink", "nvjitlink"},
      {"libcupti", "cuda-cupti"},  {"libnvToolsExt", "nvtx"},   {"libnvshmem", "nvshmem"},
      {"libcufile", "cufile"},
  };
  const auto* const known = std::ranges::find_if(k_wheels, [&](const auto& row) { return library.starts_with(row.first); });
  if (known == std::end(k_wheels)) return {};
  if (known->second == "cudnn" || known->second == "nccl" || known->second == "cusparselt" || known->second == "nvshmem") {
    const std::string cuda = environment.torch ? environment.torch->cuda : "";
    return fmt::format("nvidia-{}-cu{}", known->second, cuda.substr(0, cuda.find('.')));
  }
  const bool suffixed = environment.torch && environment.torch->cuda.starts_with("12.");
  return fmt::format("nvidia-{}{}", known->second, suffixed ? "-cu12" : "");
}

class Reader {
 public:
  explicit Reader(const InstalledEnvironment& environment) : m_environment(environment) {}

  DoctorFinding finding(const std::vector<NeededFault>& faults) const {
    DoctorFinding finding = head(faults.front());
    for (std::size_t i = 0; i < std::min(faults.size(), k_most_evidence); ++i) finding.evidence.push_back(fault_text(faults[i]));
    if (faults.size() > k_most_evidence) finding.evidence.push_back(fmt::format("and {} more", faults.size() - k_most_evidence));
    return finding;
  }

 private:
  DoctorFinding head(const NeededFault& fault) const {
    switch (fault.kind) {
      case NeededFault::Kind::missing:
        return missing(fault, fmt::format("`{}` is nowhere that the loader looks", fault.library));
      case NeededFault::Kind::from_host:
        return missing(fault,
                       fmt::format("`{}` of the environment is gone, and the host's `{}` would be taken", fault.library, fault.found));
      case NeededFault::Kind::version_missing:
        return too_old(fault);
      case NeededFault::Kind::other_machine:
        return {.id = "library-other-machine",
                .severity = Severity::error,
                .title = fmt::format("`{}` is built for another machine: {}", fault.object, fault.found),
                .evidence = {},
                .remedy = remake_remedy(m_environment, {"torch"}),
                .fix = remake_fix(m_environment)};
      case NeededFault::Kind::unreadable:
        break;
    }
    return {.id = "library-damaged",
            .severity = Severity::error,
            .title = fmt::format("`{}` cannot be read as a library", fault.object),
            .evidence = {},
            .remedy = remake_remedy(m_environment, {"torch"}),
            .fix = remake_fix(m_environment)};
  }

  DoctorFinding missing(const NeededFault& fault, std::string title) const {
    const std::string wheel = wheel_of(m_environment, fault.library);
    DoctorFinding finding{.id = "library-missing", .severity = Severity::error, .title = std::move(title), .evidence = {}, .remedy = {}};
    if (wheel.empty()) {
      finding.remedy = remake_remedy(m_environment, {"torch"});
      finding.fix = remake_fix(m_environment);
      return finding;
    }
    const bool listed = m_environment.find(wheel) != nullptr;
    finding.evidence.push_back(listed ? fmt::format("`{}` is installed, but its files are not all there", wheel)
                                      : fmt::format("the library is of the wheel `{}`, which is not installed", wheel));
    finding.remedy = remake_remedy(m_environment, {wheel});
    finding.fix = remake_fix(m_environment);
    return finding;
  }

  DoctorFinding too_old(const NeededFault& fault) const {
    DoctorFinding finding{.id = {},
                          .severity = Severity::error,
                          .title = fmt::format("`{}` is older than torch needs: it has no `{}`", fault.found, fault.version),
                          .evidence = {},
                          .remedy = {}};
    if (fault.version.starts_with("GLIBC_")) {
      finding.id = "glibc-too-old";
      finding.remedy = {"use a newer system or container image; the C library cannot be exchanged alone",
                        "`torchup variants --all` shows which releases are built for this C library"};
    } else if (fault.library.starts_with("libstdc++")) {
      finding.id = "libstdcxx-too-old";
      finding.remedy = {m_environment.kind == "conda" ? "`conda install -c conda-forge 'libstdcxx-ng>=13'`"
                                                      : "install a newer libstdc++ (Debian and Ubuntu: `apt-get install libstdc++6`)"};
    } else {
      finding.id = "library-version-missing";
      finding.remedy = remake_remedy(m_environment, {"torch"});
      finding.fix = remake_fix(m_environment);
    }
    return finding;
  }

  const InstalledEnvironment& m_environment;
};

CheckReport run(const DoctorInput& input) {
  const InstalledEnvironment& environment = *input.environment;
  if (!environment.torch) return {.status = "torch is not installed"};
  const auto needed =
      walk_needed(environment.site_packages, system_library_search(preloaded_folders(environment.site_packages)), input.cancellation);
  if (!needed) return {.status = "interrupted"};
  if (needed->visited == 0) {
    return {.status = {},
            .findings = {{.id = "library-missing",
                          .severity = Severity::error,
                          .title = "`torch/lib` holds no library",
                          .evidence = {environment.torch->folder.string()},
                          .remedy = remake_remedy(environment, {"torch"}),
                          .fix = remake_fix(environment)}}};
  }
  std::map<Cause, std::vector<NeededFault>> causes;
  std::set<std::string> damaged;
  for (const NeededFault& fault : needed->faults) {
    if (fault.kind == NeededFault::Kind::unreadable) damaged.insert(std::filesystem::path(fault.object).filename().string());
  }
  for (const NeededFault& fault : needed->faults) {
    // Those that need a damaged library do not find it: one cause, told once.
    if (fault.kind != NeededFault::Kind::missing || !damaged.contains(fault.library)) causes[cause_of(fault)].push_back(fault);
  }
  CheckReport report{.status = fmt::format("{} libraries find all that they need", needed->visited)};
  const Reader reader(environment);
  for (const auto& [cause, faults] : causes) report.findings.push_back(reader.finding(faults));
  return report;
}

}  // namespace

constinit const DoctorCheck libraries_check = {.name = "libraries",
                                               .title = "Libraries",
                                               .describes = "torch's libraries find all libraries and symbol versions that they need",
                                               .needs = CheckNeeds::environment | CheckNeeds::this_machine,
                                               .findings = k_findings,
                                               .run = run};

}  // namespace torchup
