// Does LD_LIBRARY_PATH put another CUDA, NCCL or C++ runtime in the place of the environment's own? The loader is simulated once
// with the variable and once without; what comes from elsewhere then is told. A library with an RPATH is not moved by it, one
// with a RUNPATH or neither is.
#include "torchup/doctor/doctor.hpp"

#include "src/doctor/host_questions.hpp"
#include "src/doctor/torch_preload.hpp"
#include "src/elf/simulate_load.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <system_error>

namespace torchup {

extern const DoctorCheck library_path_check;

namespace {

namespace fs = std::filesystem;

constexpr const char* k_findings[] = {"library-path-override"};

/// The libraries that an import of torch loads, in its order; those that this torch has.
std::vector<fs::path> loaded_by_import(const InstalledEnvironment& environment) {
  const fs::path& torch = environment.torch->folder;
  std::vector<fs::path> libraries{torch / "lib" / "libtorch_global_deps.so"};
  for (const std::string& beginning : preloaded_names(read_small_file(torch / "__init__.py").value_or(""))) {
    if (auto library = wheel_library(environment.site_packages, beginning)) libraries.push_back(*std::move(library));
  }
  libraries.push_back(torch / "lib" / "libtorch_python.so");
  libraries.push_back(torch / "lib" / "libtorch_cuda_linalg.so");
  std::erase_if(libraries, [](const fs::path& path) {
    std::error_code error;
    return !fs::exists(path, error);
  });
  return libraries;
}

/// Whether a library has every symbol version that another one has.
bool stands_in_for(const fs::path& now, const fs::path& before) {
  const auto has = read_elf_file(now), wanted = read_elf_file(before);
  if (!has || !wanted) return false;
  return std::ranges::all_of(wanted->version_definitions,
                             [&](const std::string& version) { return std::ranges::count(has->version_definitions, version) > 0; });
}

std::map<std::string, SimulatedLibrary> by_name(std::vector<SimulatedLibrary> libraries) {
  std::map<std::string, SimulatedLibrary> named;
  for (SimulatedLibrary& library : libraries) named.emplace(library.path.filename().string(), library);
  for (SimulatedLibrary& library : libraries) named.emplace(library.name, std::move(library));
  return named;
}

bool lies_below(const fs::path& path, const fs::path& folder) {
  const fs::path relative = path.lexically_normal().lexically_relative(folder.lexically_normal());
  return !relative.empty() && *relative.begin() != "..";
}

bool same_file(const fs::path& a, const fs::path& b) {
  std::error_code error;
  return a == b || (fs::equivalent(a, b, error) && !error);
}

class Comparison {
 public:
  Comparison(const DoctorInput& input, const std::string& variable) : m_environment(*input.environment), m_variable(variable) {
    const auto roots = loaded_by_import(m_environment);
    m_told = library_path_folders(variable, input.places.here);
    m_with_list = simulate_load(roots, system_library_search({}, m_told));
    m_without = by_name(simulate_load(roots, system_library_search({})));
  }

  CheckReport run() {
    std::size_t same = 0;
    for (const SimulatedLibrary& library : m_with_list) {
      if (!library.asked_by) continue;
      const auto before = m_without.find(library.name);
      if (before == m_without.end() || same_file(before->second.path, library.path)) {
        same += 1;
      } else {
        add(library, before->second);
      }
    }
    m_report.status = fmt::format("LD_LIBRARY_PATH is set and changes none of {} libraries", same);
    return std::move(m_report);
  }

 private:
  void add(const SimulatedLibrary& now, const SimulatedLibrary& before) {
    // What belongs to the environment is displaced; of the system's own libraries another copy is taken.
    const bool displaces = lies_below(before.path, m_environment.root) || same_root(before.path);
    const fs::path& by = m_with_list[*now.asked_by].path;
    m_report.findings.push_back(
        {.id = "library-path-override",
         .severity = displaces                              ? Severity::error
                     : stands_in_for(now.path, before.path) ? Severity::note
                                                            : Severity::warning,
         .title = displaces ? fmt::format("LD_LIBRARY_PATH puts `{}` in the place of the environment's `{}`", now.path.string(), now.name)
                            : fmt::format("LD_LIBRARY_PATH puts `{}` in the place of the system's `{}`", now.path.string(), now.name),
         .evidence = {fmt::format("LD_LIBRARY_PATH={}", m_variable), fmt::format("without it: `{}`", before.path.string()),
                      fmt::format("asked for by `{}`, which has {}", by.string(), search_of(by)),
                      "it shows as `undefined symbol` or as wrong results, and never names the variable"},
         .remedy = {"`unset LD_LIBRARY_PATH`", fmt::format("take `{}` out of it", now.path.parent_path().string())}});
  }

  bool same_root(const fs::path& path) const {
    std::error_code error;
    const fs::path real = fs::canonical(m_environment.site_packages, error);
    return !error && lies_below(path, real);
  }

  static std::string search_of(const fs::path& path) {
    const auto file = read_elf_file(path);
    if (!file) return "no search path";
    if (!file->runpath.empty()) return "a RUNPATH, which comes after the variable";
    return file->rpath.empty() ? "no search path of its own" : "an RPATH, which does not lead to it";
  }

  const InstalledEnvironment& m_environment;
  const std::string& m_variable;
  std::vector<fs::path> m_told;
  std::vector<SimulatedLibrary> m_with_list;
  std::map<std::string, SimulatedLibrary> m_without;
  CheckReport m_report;
};

CheckReport run(const DoctorInput& input) {
  const auto variable = variable_of(input, "LD_LIBRARY_PATH");
  if (!variable || variable->empty()) return {.status = "LD_LIBRARY_PATH is not set"};
  if (!input.environment->torch) return {.status = "torch is not installed"};
  return Comparison(input, *variable).run();
}

}  // namespace

constinit const DoctorCheck library_path_check = {.name = "library-path",
                                                  .title = "Library path",
                                                  .describes = "LD_LIBRARY_PATH displaces none of torch's libraries",
                                                  .needs = CheckNeeds::environment | CheckNeeds::this_machine,
                                                  .findings = k_findings,
                                                  .run = run};

}  // namespace torchup
