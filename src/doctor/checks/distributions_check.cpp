// Is each package installed once, whole, and as what it says it is? Interrupted installs and two tools in one folder leave
// doubles and remains.
#include "torchup/doctor/doctor.hpp"

#include "src/doctor/distribution_metadata.hpp"
#include "src/doctor/remedies.hpp"
#include "src/install/record_rows.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <map>
#include <system_error>

namespace torchup {

extern const DoctorCheck distributions_check;

namespace {

namespace fs = std::filesystem;

constexpr const char* k_findings[] = {"distribution-duplicate", "distribution-leftover", "torch-duplicate",
                                      "torch-incomplete",       "version-mismatch",      "files-missing"};
constexpr std::size_t k_record_limit = 64U << 20;
constexpr std::size_t k_most_named = 8;

std::vector<std::string> first_of(const std::vector<std::string>& names) {
  std::vector<std::string> first(names.begin(), names.begin() + static_cast<std::ptrdiff_t>(std::min(names.size(), k_most_named)));
  if (names.size() > first.size()) first.push_back(fmt::format("and {} more", names.size() - first.size()));
  return first;
}

/// What a RECORD lists that is not there, or has another size. Bytecode is nobody's business.
struct Listed {
  bool has_torch = false;
  std::vector<std::string> missing;
};

Listed look_through(const InstalledEnvironment& environment, const Distribution& distribution) {
  Listed listed;
  const auto text = read_small_file(distribution.folder / "RECORD", k_record_limit);
  const auto rows = text ? parse_record_rows(*text) : Result<std::vector<RecordRow>>(std::vector<RecordRow>{});
  if (!rows) return listed;
  for (const RecordRow& row : *rows) {
    if (row.path == "torch/version.py") listed.has_torch = true;
    if (row.path.ends_with(".pyc") || fs::path(row.path).is_absolute()) continue;
    std::error_code error;
    const fs::path file = environment.site_packages / row.path;
    const auto size = fs::file_size(file, error);
    if (error) {
      listed.missing.push_back(fmt::format("`{}` is not there", row.path));
    } else if (row.size && row.sha256 && size != *row.size) {
      listed.missing.push_back(fmt::format("`{}` has {} bytes, and {} are listed", row.path, size, *row.size));
    }
  }
  return listed;
}

class Look {
 public:
  explicit Look(const InstalledEnvironment& environment) : m_environment(environment) {}

  CheckReport run() {
    find_doubles();
    find_leftovers();
    std::vector<std::string> torches;
    for (const Distribution& distribution : m_environment.distributions) {
      const Listed listed = look_through(m_environment, distribution);
      if (listed.has_torch) torches.push_back(fmt::format("{} {}", distribution.name, distribution.version));
      if (!listed.missing.empty()) add_missing(distribution, listed.missing);
    }
    if (torches.size() > 1) add_two_torches(torches);
    compare_torch(torches.size());
    m_report.status = fmt::format("{} distributions, each once and with all its files", m_environment.distributions.size());
    return std::move(m_report);
  }

 private:
  void find_doubles() {
    std::map<std::string, std::vector<std::string>> folders;
    for (const Distribution& distribution : m_environment.distributions)
      folders[distribution.name].push_back(distribution.folder.filename().string());
    for (const auto& [name, several] : folders) {
      if (several.size() < 2) continue;
      m_report.findings.push_back({.id = "distribution-duplicate",
                                   .severity = Severity::error,
                                   .title = fmt::format("`{}` is installed {} times", name, several.size()),
                                   .evidence = several,
                                   .remedy = remake_remedy(m_environment, {name}),
                                   .fix = remake_fix(m_environment)});
    }
  }

  /// pip renames what it removes to a name that begins with `~`, and an interruption leaves it.
  void find_leftovers() {
    for (const std::string& name : m_environment.leftovers) {
      const fs::path path = m_environment.site_packages / name;
      m_report.findings.push_back({.id = "distribution-leftover",
                                   .severity = Severity::warning,
                                   .title = fmt::format("`{}` is what an interrupted removal left", name),
                                   .evidence = {path.string(), "pip warns of an invalid distribution because of it"},
                                   .remedy = {fmt::format("`rm -r {}`", shell_word(path.string()))},
                                   .fix = Fix{.kind = Fix::Kind::remove_tree, .path = path}});
    }
  }

  void add_missing(const Distribution& distribution, const std::vector<std::string>& missing) {
    m_report.findings.push_back({.id = "files-missing",
                                 .severity = Severity::error,
                                 .title = fmt::format("`{} {}` is not whole: {} of its files {} not as its RECORD lists", distribution.name,
                                                      distribution.version, missing.size(), missing.size() == 1 ? "is" : "are"),
                                 .evidence = first_of(missing),
                                 .remedy = remake_remedy(m_environment, {fmt::format("{}=={}", distribution.name, distribution.version)}),
                                 .fix = remake_fix(m_environment)});
  }

  void add_two_torches(const std::vector<std::string>& torches) {
    m_report.findings.push_back({.id = "torch-duplicate",
                                 .severity = Severity::error,
                                 .title = fmt::format("{} distributions say that the folder `torch` is theirs", torches.size()),
                                 .evidence = torches,
                                 .remedy = remake_remedy(m_environment, {"torch"}),
                                 .fix = remake_fix(m_environment)});
  }

  /// `owners` is how many distributions list torch's files.
  void compare_torch(std::size_t owners) {
    const Distribution* distribution = m_environment.find("torch");
    if (!m_environment.torch) {
      if (distribution != nullptr) {
        m_report.findings.push_back(
            {.id = "torch-incomplete",
             .severity = Severity::error,
             .title = fmt::format("`torch {}` is listed as installed, and `torch/version.py` is not there or empty", distribution->version),
             .evidence = {distribution->folder.string()},
             .remedy = remake_remedy(m_environment, {"torch"}),
             .fix = remake_fix(m_environment)});
      }
      return;
    }
    const std::string& said = m_environment.torch->version;
    if (distribution == nullptr) {
      if (owners == 0) add_unowned(said);
      return;
    }
    if (owners > 1) return;  // told of as that
    // The main index's wheels leave the local label out of their metadata.
    const auto one = Version::parse(said), other = Version::parse(distribution->version);
    if (!one || !other || one->without_local() == other->without_local()) return;
    m_report.findings.push_back({.id = "version-mismatch",
                                 .severity = Severity::error,
                                 .title = fmt::format("torch's files are of {}, and its metadata says {}", said, distribution->version),
                                 .evidence = {m_environment.torch->source.string(), distribution->folder.string()},
                                 .remedy = remake_remedy(m_environment, {"torch"}),
                                 .fix = remake_fix(m_environment)});
  }

  void add_unowned(const std::string& said) {
    const bool conda = m_environment.kind == "conda";
    if (conda) return;  // conda keeps its own records
    m_report.findings.push_back({.id = "torch-incomplete",
                                 .severity = Severity::warning,
                                 .title = fmt::format("torch {} lies here and no distribution lists it", said),
                                 .evidence = {m_environment.torch->source.string(), "no `torch-*.dist-info` is beside it"},
                                 .remedy = remake_remedy(m_environment, {"torch"}),
                                 .fix = remake_fix(m_environment)});
  }

  const InstalledEnvironment& m_environment;
  CheckReport m_report;
};

CheckReport run(const DoctorInput& input) { return Look(*input.environment).run(); }

}  // namespace

constinit const DoctorCheck distributions_check = {.name = "distributions",
                                                   .title = "Distributions",
                                                   .describes = "each package is installed once and with all its files",
                                                   .needs = CheckNeeds::environment,
                                                   .findings = k_findings,
                                                   .run = run};

}  // namespace torchup
