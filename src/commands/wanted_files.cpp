#include "src/commands/wanted_files.hpp"

#include "src/commands/files.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace torchup {
namespace {

constexpr const char* k_pyproject = "pyproject.toml";

bool is_pyproject(const std::string& path) { return path.ends_with(".toml"); }

/// A lock is no list of wishes.
bool is_lock(const std::string& path) { return std::filesystem::path(path).filename().string().starts_with("pylock."); }

/// The projects that are read, each once, with what is wanted of them; in the order in which they were named.
class Projects {
 public:
  PyprojectWish& of(const std::string& path) {
    const auto known = std::find_if(m_projects.begin(), m_projects.end(), [&](const auto& one) { return one.first == path; });
    if (known != m_projects.end()) return known->second;
    return m_projects.emplace_back(path, PyprojectWish{.project = false}).second;
  }

  const std::vector<std::pair<std::string, PyprojectWish>>& all() const { return m_projects; }

 private:
  std::vector<std::pair<std::string, PyprojectWish>> m_projects;
};

/// Where a group without a path stands: in the project that is named, else in the one here, as for pip.
Result<std::string> home_of_groups(const std::vector<std::string>& named) {
  if (named.size() > 1) {
    return failure({ErrorKind::usage,
                    "more than one pyproject.toml is named, and a group stands in one",
                    {},
                    {fmt::format("name the file, too: `--group {}:NAME`", named.front())}});
  }
  return named.empty() ? std::string(k_pyproject) : named.front();
}

Status name_group(Projects& projects, const std::string& group, const std::vector<std::string>& named) {
  const auto colon = group.rfind(':');
  if (colon != std::string::npos) {
    projects.of(group.substr(0, colon)).groups.push_back(group.substr(colon + 1));
    return {};
  }
  TORCHUP_TRY_ASSIGN(const std::string home, home_of_groups(named));
  projects.of(home).groups.push_back(group);
  return {};
}

Result<Projects> wanted_projects(const WantedFiles& wanted) {
  Projects projects;
  std::vector<std::string> named;
  for (const auto& path : wanted.requirements) {
    if (!is_pyproject(path)) continue;
    if (is_lock(path)) {
      return failure({ErrorKind::usage,
                      fmt::format("`{}` is a lock file, and no list of what is wanted", path),
                      {},
                      {"`torchup sync` installs a lock"}});
    }
    if (std::find(named.begin(), named.end(), path) == named.end()) named.push_back(path);
    auto& wish = projects.of(path);
    wish.project = true;
    wish.extras = wanted.extras;
    wish.all_extras = wanted.all_extras;
  }
  if (named.empty() && (wanted.all_extras || !wanted.extras.empty())) {
    return failure({ErrorKind::usage,
                    fmt::format("`{}` is of a project, and none is named", wanted.all_extras ? "--all-extras" : "--extra"),
                    {},
                    {"name its file with `-r pyproject.toml`; an extra of a package is written `name[extra]`"}});
  }
  for (const auto& group : wanted.groups) TORCHUP_TRY(name_group(projects, group, named));
  return projects;
}

InputSources sources_of(HostSystem& host) {
  return {.read = [](const std::string& path) { return read_text_file(path); },
          .variable = [&host](const std::string& name) { return host.environment(name); }};
}

}  // namespace

void add_file_options(Parser& parser, WantedFiles& wanted) {
  parser.option({"-r,--requirement", "FILE", "Requirements from FILE, or a pyproject.toml; repeatable"}, wanted.requirements);
  parser.option({"-c,--constraint", "FILE", "Versions from FILE that narrow what is chosen; repeatable"}, wanted.constraints);
  parser.option({"--extra", "NAME", "Also that extra of the pyproject.toml; repeatable"}, wanted.extras);
  parser.flag("--all-extras", wanted.all_extras, "Also every extra of the pyproject.toml");
  parser.option({"--group", "[FILE:]NAME", "That dependency group of the pyproject.toml; repeatable"}, wanted.groups);
}

Status add_wanted_files(RequirementList& list, const WantedFiles& wanted, HostSystem& host) {
  const InputSources sources = sources_of(host);
  TORCHUP_TRY_ASSIGN(const Projects projects, wanted_projects(wanted));
  for (const auto& path : wanted.requirements) {
    if (!is_pyproject(path)) TORCHUP_TRY(add_requirements_file(list, path, sources));
  }
  for (const auto& [path, wish] : projects.all()) {
    TORCHUP_TRY_ASSIGN(const std::string text, read_text_file(path));
    TORCHUP_TRY(add_pyproject(list, text, path, wish));
  }
  for (const auto& path : wanted.constraints) TORCHUP_TRY(add_constraints_file(list, path, sources));
  return {};
}

Status add_overrides(RequirementList& list, const std::vector<std::string>& overrides, HostSystem& host) {
  RequirementList read;
  for (const auto& text : overrides) {
    std::error_code unknown;
    if (std::filesystem::is_regular_file(text, unknown)) {
      TORCHUP_TRY(add_requirements_file(read, text, sources_of(host)));
      continue;
    }
    TORCHUP_TRY_ASSIGN(Requirement override,
                       with_context(Requirement::parse(text), fmt::format("while reading the override `{}`, which is no file", text)));
    read.requirements.push_back(std::move(override));
  }
  if (read.hash_need == HashNeed::everywhere) {
    return failure({ErrorKind::usage, "an override has a `--hash`, and only what is asked for can have one", {}, {}});
  }
  list.overrides = std::move(read.requirements);
  return {};
}

}  // namespace torchup
