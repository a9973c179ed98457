// Would Python import something else than what the environment holds? The current folder and PYTHONPATH come before the
// standard library and site-packages, so a file of the same name there is taken instead.
#include "torchup/doctor/doctor.hpp"

#include "src/doctor/remedies.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <set>
#include <system_error>

namespace torchup {

extern const DoctorCheck shadowing_check;

namespace {

namespace fs = std::filesystem;

constexpr const char* k_findings[] = {"module-shadowed"};
constexpr std::size_t k_most_findings = 20;
constexpr std::string_view k_framework[] = {"torch", "torchvision", "torchaudio", "triton", "numpy"};

// Folders of nearly every project, and of packages that install theirs by mistake: nobody imports them from elsewhere.
constexpr std::string_view k_ordinary[] = {"test",  "tests",    "testing",    "docs", "doc",   "examples", "example", "scripts",
                                           "setup", "conftest", "benchmarks", "src",  "build", "tools",    "bin"};

bool is_identifier(std::string_view name) {
  const auto fits = [](char c) { return c == '_' || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9'); };
  return !name.empty() && std::ranges::all_of(name, fits);
}

/// The module that a directory entry is for an import: "torch" of torch.py, torch.cpython-311-x86_64-linux-gnu.so and of a folder
/// torch with an __init__.py. A folder without one gives way to a package of that name anywhere else (PEP 420).
std::optional<std::string> module_of(const fs::path& folder, const std::string& name) {
  std::string stem = name.substr(0, name.find('.'));
  if (!is_identifier(stem)) return std::nullopt;
  std::error_code error;
  if (name.ends_with(".py") || name.ends_with(".so")) return stem;
  if (stem == name && fs::is_regular_file(folder / name / "__init__.py", error)) return stem;
  return std::nullopt;
}

std::set<std::string> modules_in(const fs::path& folder) {
  std::set<std::string> modules;
  for (const std::string& name : names_in(folder)) {
    if (auto module = module_of(folder, name)) modules.insert(*std::move(module));
  }
  return modules;
}

/// The standard library lies where the base interpreter is: beside `home` of pyvenv.cfg.
std::set<std::string> standard_modules(const InstalledEnvironment& environment) {
  const std::string library = environment.library.filename().string();
  fs::path prefix = environment.root;
  if (const auto home = environment.configuration.find("home"); home != environment.configuration.end()) {
    prefix = fs::path(home->second).parent_path();
  }
  return modules_in(prefix / "lib" / library);
}

bool same_folder(const fs::path& a, const fs::path& b) {
  std::error_code error;
  return fs::equivalent(a, b, error) && !error;
}

class Search {
 public:
  explicit Search(const InstalledEnvironment& environment)
      : m_environment(environment), m_installed(modules_in(environment.site_packages)), m_standard(standard_modules(environment)) {}

  /// Where the folder comes from: the current one, whose files are the user's own, or a variable, whose folder may be anybody's.
  enum class By { here, variable };

  /// `how` is when Python looks there: "Python started here with -c or -m".
  void look_in(const fs::path& folder, const std::string& how, By by) {
    if (same_folder(folder, m_environment.site_packages)) return;
    for (const std::string& name : names_in(folder)) {
      const auto module = module_of(folder, name);
      if (!module) continue;
      if (std::ranges::find(k_ordinary, *module) != std::end(k_ordinary)) continue;
      const bool installed = m_installed.contains(*module);
      if (!installed && !m_standard.contains(*module)) continue;
      add(folder / name, *module, installed, how, by);
    }
  }

  std::size_t known() const { return m_installed.size() + m_standard.size(); }
  std::vector<DoctorFinding> findings() && { return std::move(m_findings); }

 private:
  void add(const fs::path& file, const std::string& module, bool installed, const std::string& how, By by) {
    if (m_findings.size() == k_most_findings) return;
    const bool framework = std::ranges::find(k_framework, module) != std::end(k_framework);
    m_findings.push_back(
        {.id = "module-shadowed",
         // A package that is worked on here and installed too hides itself: that is meant as often as not.
         .severity = framework   ? Severity::error
                     : installed ? Severity::note
                                 : Severity::warning,
         .title = fmt::format("`{}` hides {} `{}`", file.string(), installed ? "the installed" : "the standard library's", module),
         .evidence = {fmt::format("`import {}` takes it where {}", module, how),
                      installed ? fmt::format("installed: {}", (m_environment.site_packages / module).string())
                                : fmt::format("the standard library of Python {} has a module of that name", m_environment.python_version)},
         .remedy =
             by == By::here
                 ? std::vector<std::string>{fmt::format("rename it: `mv {} {}`", shell_word(file.string()), shell_word(renamed(file))),
                                            "start Python with -P (3.11 and later), or from another folder"}
                 : std::vector<std::string>{"`unset PYTHONPATH`", fmt::format("take `{}` out of it", file.parent_path().string())}});
  }

  static std::string renamed(const fs::path& file) { return (file.parent_path() / ("my_" + file.filename().string())).string(); }

  const InstalledEnvironment& m_environment;
  std::set<std::string> m_installed, m_standard;
  std::vector<DoctorFinding> m_findings;
};

CheckReport run(const DoctorInput& input) {
  Search search(*input.environment);
  search.look_in(input.places.here, "Python is started in this folder with -c, -m or a script of this folder", Search::By::here);
  if (const auto variable = input.host.environment("PYTHONPATH")) {
    std::string_view rest = *variable;
    while (!rest.empty()) {
      const auto end = std::min(rest.find(':'), rest.size());
      const fs::path folder(rest.substr(0, end));
      rest.remove_prefix(std::min(end + 1, rest.size()));
      if (!folder.empty()) search.look_in(folder, fmt::format("PYTHONPATH names `{}`", folder.string()), Search::By::variable);
    }
  }
  const auto known = search.known();
  return {.status = fmt::format("nothing in the current folder or PYTHONPATH is named like one of {} modules", known),
          .findings = std::move(search).findings()};
}

}  // namespace

constinit const DoctorCheck shadowing_check = {.name = "shadowing",
                                               .title = "Shadowing",
                                               .describes = "no local file takes the place of torch or another module",
                                               .needs = CheckNeeds::environment | CheckNeeds::this_machine,
                                               .findings = k_findings,
                                               .run = run};

}  // namespace torchup
