// Do the .pth files of the environment lead somewhere? site.py reads each when Python starts: a line is a folder for sys.path, or
// code that begins with `import`.
#include "torchup/doctor/doctor.hpp"

#include "src/doctor/remedies.hpp"
#include "src/install/record_rows.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <system_error>

namespace torchup {

extern const DoctorCheck pth_check;

namespace {

namespace fs = std::filesystem;

constexpr const char* k_findings[] = {"pth-stale", "pth-foreign-packages"};
constexpr std::size_t k_most_lines = 10'000;

std::vector<std::string> folders_of(const std::string& text) {
  std::vector<std::string> folders;
  std::string_view rest = text;
  for (std::size_t lines = 0; !rest.empty() && lines < k_most_lines; ++lines) {
    const auto end = std::min(rest.find('\n'), rest.size());
    std::string_view line = rest.substr(0, end);
    rest.remove_prefix(std::min(end + 1, rest.size()));
    while (!line.empty() && (line.back() == '\r' || line.back() == ' ' || line.back() == '\t')) line.remove_suffix(1);
    if (line.empty() || line.front() == '#' || line.starts_with("import ") || line.starts_with("import\t")) continue;
    folders.emplace_back(line);
  }
  return folders;
}

/// Files that a distribution installed; they go with it, and not by themselves.
std::set<std::string> listed_pth_files(const InstalledEnvironment& environment) {
  std::set<std::string> names;
  for (const Distribution& distribution : environment.distributions) {
    const auto text = read_small_file(distribution.folder / "RECORD", 64U << 20);
    if (!text || text->find(".pth") == std::string::npos) continue;
    for (const RecordRow& row : parse_record_rows(*text).value_or(std::vector<RecordRow>{})) {
      if (row.path.ends_with(".pth")) names.insert(row.path);
    }
  }
  return names;
}

CheckReport run(const DoctorInput& input) {
  const InstalledEnvironment& environment = *input.environment;
  CheckReport report;
  std::size_t files = 0;
  std::optional<std::set<std::string>> listed;
  for (const std::string& name : names_in(environment.site_packages)) {
    if (!name.ends_with(".pth")) continue;
    ++files;
    const fs::path file = environment.site_packages / name;
    for (const std::string& folder : folders_of(read_small_file(file, 1U << 20).value_or(""))) {
      std::error_code error;
      const fs::path target = (environment.site_packages / folder).lexically_normal();
      if (fs::exists(target, error)) {
        if (fs::exists(target / "torch" / "version.py", error) && !fs::equivalent(target, environment.site_packages, error)) {
          report.findings.push_back({.id = "pth-foreign-packages",
                                     .severity = Severity::warning,
                                     .title = fmt::format("`{}` brings the torch of `{}` into this environment", name, target.string()),
                                     .evidence = {file.string()},
                                     .remedy = {fmt::format("remove that line from `{}`", file.string())}});
        }
        continue;
      }
      if (!listed) listed = listed_pth_files(environment);
      DoctorFinding finding{.id = "pth-stale",
                            .severity = Severity::warning,
                            .title = fmt::format("`{}` leads to `{}`, which is not there", name, target.string()),
                            .evidence = {file.string()},
                            .remedy = {fmt::format("`mv {} {}.disabled`", shell_word(file.string()), shell_word(file.string()))}};
      if (!listed->contains(name)) finding.fix = Fix{.kind = Fix::Kind::set_aside, .path = file};
      report.findings.push_back(std::move(finding));
      break;  // one line is enough to know the file by
    }
  }
  report.status = files == 0 ? "there are none" : fmt::format("{} {}, and where they lead is there", files, files == 1 ? "file" : "files");
  return report;
}

}  // namespace

constinit const DoctorCheck pth_check = {.name = "pth",
                                         .title = "Path files",
                                         .describes = ".pth files lead to folders that are there",
                                         .needs = CheckNeeds::environment,
                                         .findings = k_findings,
                                         .run = run};

}  // namespace torchup
