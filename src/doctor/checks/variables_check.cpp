// Does a variable or the user's own site-packages change what this environment's Python imports, or which Python is started?
#include "torchup/doctor/doctor.hpp"

#include "src/doctor/host_questions.hpp"
#include "src/doctor/remedies.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <system_error>

namespace torchup {

extern const DoctorCheck variables_check;

namespace {

namespace fs = std::filesystem;

constexpr const char* k_findings[] = {"python-home-set",   "python-path-shadows", "user-site-shadows",
                                      "path-other-python", "preload-set",         "cudnn-check-skipped"};

std::vector<fs::path> split_path(std::string_view text) {
  std::vector<fs::path> folders;
  while (!text.empty()) {
    const auto end = std::min(text.find(':'), text.size());
    if (end > 0) folders.emplace_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return folders;
}

/// Distributions of another folder that the environment has too, as "numpy 1.26.4 (here 2.4.6)".
std::vector<std::string> shadowed_in(const InstalledEnvironment& environment, const fs::path& folder) {
  std::vector<std::string> found;
  constexpr std::string_view k_end = ".dist-info";
  for (const std::string& name : names_in(folder)) {
    if (!name.ends_with(k_end)) continue;
    const std::string stem = name.substr(0, name.size() - k_end.size());
    std::string distribution = stem.substr(0, stem.rfind('-'));
    std::ranges::transform(distribution, distribution.begin(), [](char c) {
      return c == '_' || c == '.' ? '-' : c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
    });
    const Distribution* here = environment.find(distribution);
    if (here != nullptr && stem.rfind('-') != std::string::npos)
      found.push_back(fmt::format("{} {} (here {})", distribution, stem.substr(stem.rfind('-') + 1), here->version));
  }
  return found;
}

class Look {
 public:
  explicit Look(const DoctorInput& input) : m_input(input), m_environment(*input.environment) {}

  CheckReport run() {
    look_at_home();
    look_at_python_path();
    look_at_user_site();
    look_at_path();
    look_at_preload();
    look_at_cudnn();
    return std::move(m_report);
  }

 private:
  void add(DoctorFinding finding) { m_report.findings.push_back(std::move(finding)); }

  void look_at_home() {
    const auto home = m_input.host.environment("PYTHONHOME");
    if (!home) return;
    add({.id = "python-home-set",
         .severity = Severity::error,
         .title = fmt::format("PYTHONHOME is `{}`: every Python takes its standard library from there", *home),
         .evidence = {"an environment's interpreter then does not find its own packages"},
         .remedy = {"`unset PYTHONHOME`"}});
  }

  void look_at_python_path() {
    const auto variable = m_input.host.environment("PYTHONPATH");
    for (const fs::path& folder : split_path(variable.value_or(""))) {
      std::error_code error;
      if (fs::equivalent(folder, m_environment.site_packages, error)) continue;
      auto shadowed = shadowed_in(m_environment, folder);
      if (shadowed.empty()) continue;
      const std::size_t count = shadowed.size();
      add({.id = "python-path-shadows",
           .severity = Severity::warning,
           .title = fmt::format("PYTHONPATH puts `{}` before this environment, with {} of its packages in it", folder.string(), count),
           .evidence = std::move(shadowed),
           .remedy = {"`unset PYTHONPATH`", "Python's -I leaves it out for one run"}});
    }
  }

  /// Only an environment that sees the packages of its base sees the user's, too, and before them.
  void look_at_user_site() {
    const auto home = m_input.host.environment("HOME");
    if (!m_environment.sees_system_packages() || !home || m_input.host.environment("PYTHONNOUSERSITE")) return;
    const fs::path user = m_input.host.environment("PYTHONUSERBASE").value_or(*home + "/.local");
    const fs::path folder = user / "lib" / m_environment.library.filename() / "site-packages";
    auto shadowed = shadowed_in(m_environment, folder);
    if (shadowed.empty()) return;
    add({.id = "user-site-shadows",
         .severity = Severity::warning,
         .title = fmt::format("packages of `{}` are seen in this environment too", folder.string()),
         .evidence = std::move(shadowed),
         .remedy = {"`export PYTHONNOUSERSITE=1`", "set `include-system-site-packages = false` in pyvenv.cfg"}});
  }

  /// An environment that is active and not first on PATH: `python` is another one's.
  void look_at_path() {
    const auto active = m_input.host.environment("VIRTUAL_ENV");
    std::error_code error;
    if (!active || !fs::equivalent(*active, m_environment.root, error)) {
      m_report.status = "nothing hides this environment's packages";
      return;
    }
    m_report.status = "nothing hides this environment's packages, and its `python` is first on PATH";
    for (const fs::path& folder : split_path(m_input.host.environment("PATH").value_or(""))) {
      if (!fs::exists(folder / "python", error)) continue;
      if (fs::equivalent(folder, m_environment.root / "bin", error)) return;
      add({.id = "path-other-python",
           .severity = Severity::warning,
           .title = fmt::format("the environment is active, and `python` is `{}`", (folder / "python").string()),
           .evidence = {fmt::format("VIRTUAL_ENV is `{}`", *active), fmt::format("`{}` comes first on PATH", folder.string())},
           .remedy = {fmt::format("`source {}`", shell_word((m_environment.root / "bin" / "activate").string()))}});
      return;
    }
  }

  void look_at_preload() {
    const auto preload = m_input.host.environment("LD_PRELOAD");
    if (!preload) return;
    add({.id = "preload-set",
         .severity = Severity::note,
         .title = fmt::format("LD_PRELOAD puts `{}` into every program", *preload),
         .evidence = {preload->find("libasan") == std::string::npos
                          ? "its symbols are taken before those of torch's own libraries"
                          : "CUDA does not start beside the address sanitizer without `ASAN_OPTIONS=protect_shadow_gap=0`"},
         .remedy = {"`env -u LD_PRELOAD python …` shows whether it matters"}});
  }

  /// torch refuses a cuDNN of another version than it was compiled for; this variable hides that.
  void look_at_cudnn() {
    const char* const name = "PYTORCH_SKIP_CUDNN_COMPATIBILITY_CHECK";
    const auto value = variable_of(m_input, name);
    if (!value || !m_environment.torch || m_environment.torch->cuda.empty()) return;
    add({.id = "cudnn-check-skipped",
         .severity = Severity::warning,
         .title = fmt::format("{} hides that a cuDNN of another version is loaded than torch was compiled for", name),
         .evidence = {fmt::format("{}={}", name, *value)},
         .remedy = {fmt::format("`unset {}`", name), "`torchup doctor library-path` tells whether another cuDNN comes first"}});
  }

  const DoctorInput& m_input;
  const InstalledEnvironment& m_environment;
  CheckReport m_report;
};

CheckReport run(const DoctorInput& input) { return Look(input).run(); }

}  // namespace

constinit const DoctorCheck variables_check = {.name = "variables",
                                               .title = "Variables",
                                               .describes = "no variable or user folder changes what the environment's Python imports",
                                               .needs = CheckNeeds::environment | CheckNeeds::this_machine,
                                               .findings = k_findings,
                                               .run = run};

}  // namespace torchup
