// Is one runtime in the environment several times? Two OpenMP runtimes share a process badly where LLVM's and Intel's meet, and
// CUDA libraries of two major versions come from two answers to one question.
#include "torchup/doctor/doctor.hpp"

#include "src/doctor/host_questions.hpp"
#include "src/doctor/remedies.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>
#include <system_error>

namespace torchup {

extern const DoctorCheck runtimes_check;

namespace {

namespace fs = std::filesystem;

constexpr const char* k_findings[] = {"openmp-conflict", "openmp-several", "openmp-duplicate-allowed", "cuda-several"};
constexpr std::size_t k_most_files = 400'000;
constexpr int k_deepest = 6;

/// "libgomp" of libgomp.so.1 and of libgomp-a34b3233.so.1.0.0, which auditwheel renamed; empty for other names.
std::string openmp_runtime(std::string_view name) {
  for (const std::string_view runtime : {std::string_view("libgomp"), std::string_view("libiomp5"), std::string_view("libomp")}) {
    if (!name.starts_with(runtime) || name.find(".so") == std::string_view::npos) continue;
    const char next = name.size() > runtime.size() ? name[runtime.size()] : '\0';
    if (next == '.' || next == '-') return std::string(runtime);
  }
  return {};
}

/// Every OpenMP runtime below a folder, by its name; paths relative to it.
std::map<std::string, std::vector<std::string>> openmp_runtimes(const fs::path& folder) {
  std::map<std::string, std::vector<std::string>> found;
  std::error_code error;
  std::size_t seen = 0;
  for (fs::recursive_directory_iterator at(folder, error), end; !error && at != end && seen < k_most_files; at.increment(error), ++seen) {
    const std::string name = at->path().filename().string();
    // Folders of headers and code hold most of the files and no runtime.
    if (at.depth() >= k_deepest || name == "include" || name == "__pycache__" || name.ends_with(".dist-info"))
      at.disable_recursion_pending();
    std::error_code ignored;
    const std::string runtime = openmp_runtime(name);
    if (!runtime.empty() && at->is_regular_file(ignored)) found[runtime].push_back(at->path().lexically_relative(folder).string());
  }
  for (auto& [runtime, files] : found) std::ranges::sort(files);
  return found;
}

void look_at_openmp(const DoctorInput& input, CheckReport& report) {
  const auto runtimes = openmp_runtimes(input.environment->site_packages);
  std::vector<std::string> all;
  for (const auto& [runtime, files] : runtimes) all.insert(all.end(), files.begin(), files.end());
  if (runtimes.contains("libiomp5") && runtimes.contains("libomp")) {
    report.findings.push_back({.id = "openmp-conflict",
                               .severity = Severity::warning,
                               .title = "the OpenMP runtimes of Intel and of LLVM are both here: in one process they may hang or crash",
                               .evidence = all,
                               .remedy = {"keep packages with one of the two out of programs that use the other",
                                          "`OMP_NUM_THREADS=1` avoids it at the cost of speed"}});
  } else if (all.size() > 1) {
    report.findings.push_back(
        {.id = "openmp-several",
         .severity = Severity::note,
         .title = fmt::format("{} OpenMP runtimes are here; each that is loaded keeps threads of its own", all.size()),
         .evidence = all,
         .remedy = {"nothing has to be done; `OMP_NUM_THREADS` counts for each of them"}});
  }
  if (const auto allowed = variable_of(input, "KMP_DUPLICATE_LIB_OK");
      allowed && (*allowed == "TRUE" || *allowed == "true" || *allowed == "1")) {
    report.findings.push_back({.id = "openmp-duplicate-allowed",
                               .severity = Severity::warning,
                               .title = "KMP_DUPLICATE_LIB_OK hides that two OpenMP runtimes are in one process, which may compute wrongly",
                               .evidence = {fmt::format("KMP_DUPLICATE_LIB_OK={}", *allowed)},
                               .remedy = {"`unset KMP_DUPLICATE_LIB_OK`, and see which packages bring the second runtime"}});
  }
  report.status = all.empty() ? "no OpenMP runtime" : fmt::format("one OpenMP runtime: {}", all.front());
}

/// The CUDA major version that a wheel is for: 12 of nvidia-cublas-cu12, 13 of nvidia-cublas 13.4; 0 where it does not tell.
unsigned cuda_major(const Distribution& distribution) {
  const auto suffix = distribution.name.rfind("-cu");
  if (suffix != std::string::npos && distribution.name.size() - suffix == 5) {
    return static_cast<unsigned>(distribution.name[suffix + 3] - '0') * 10 + static_cast<unsigned>(distribution.name[suffix + 4] - '0');
  }
  for (const std::string_view name : {"nvidia-cuda-runtime", "nvidia-cublas", "nvidia-cuda-nvrtc"}) {
    const auto version = Version::parse(distribution.version);
    if (distribution.name == name && version) return static_cast<unsigned>(version->release().front());
  }
  return 0;
}

void look_at_cuda(const InstalledEnvironment& environment, CheckReport& report) {
  std::map<unsigned, std::vector<std::string>> majors;
  for (const Distribution& distribution : environment.distributions) {
    if (!distribution.name.starts_with("nvidia-")) continue;
    if (const unsigned major = cuda_major(distribution); major >= 10 && major < 100)
      majors[major].push_back(fmt::format("{} {}", distribution.name, distribution.version));
  }
  if (majors.size() < 2) return;
  std::vector<std::string> evidence;
  std::string named;
  for (const auto& [major, packages] : majors) {
    named += (named.empty() ? "" : " and ") + std::to_string(major);
    evidence.push_back(
        fmt::format("CUDA {}: {}{}", major, packages.front(), packages.size() > 1 ? fmt::format(" and {} more", packages.size() - 1) : ""));
  }
  report.findings.push_back({.id = "cuda-several",
                             .severity = Severity::warning,
                             .title = fmt::format("libraries of CUDA {} are in one environment", named),
                             .evidence = std::move(evidence),
                             .remedy = {"one of them is left over or wanted by a package for another CUDA: `torchup tree` shows by which",
                                        "make a fresh environment: `torchup install torch … --env DIR`"}});
}

CheckReport run(const DoctorInput& input) {
  CheckReport report;
  look_at_openmp(input, report);
  look_at_cuda(*input.environment, report);
  return report;
}

}  // namespace

constinit const DoctorCheck runtimes_check = {.name = "runtimes",
                                              .title = "Runtimes",
                                              .describes = "no runtime library is in the environment in several forms",
                                              .needs = CheckNeeds::environment,
                                              .findings = k_findings,
                                              .run = run};

}  // namespace torchup
