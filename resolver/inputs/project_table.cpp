#include "resolver/inputs/project_table.hpp"

#include "resolver/inputs/toml_requirements.hpp"
#include "resolver/versions/ascii.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

namespace torchup {
namespace {

Result<std::vector<std::string>> read_dynamic(const TomlTable& project) {
  std::vector<std::string> keys;
  const TomlValue* value = project.find("dynamic");
  if (value == nullptr) return keys;
  const auto* array = std::get_if<TomlArray>(&value->data);
  if (array == nullptr) return pyproject_failure(fmt::format("`project.dynamic` must be an array, not {}", value->kind()));
  for (const auto& one : *array) {
    const auto* text = std::get_if<std::string>(&one.data);
    if (text == nullptr) return pyproject_failure(fmt::format("`project.dynamic` must hold strings, not {}", one.kind()));
    if (project.find(*text) != nullptr) return pyproject_failure(fmt::format("`project.{}` is given and dynamic, too", excerpt(*text)));
    keys.push_back(*text);
  }
  return keys;
}

Result<const std::string*> read_text(const TomlTable& project, const char* key) {
  const TomlValue* value = project.find(key);
  if (value == nullptr) return nullptr;
  const auto* text = std::get_if<std::string>(&value->data);
  if (text == nullptr) return pyproject_failure(fmt::format("`project.{}` must be a string, not {}", key, value->kind()));
  return text;
}

Result<PackageName> read_name(const TomlTable& project) {
  TORCHUP_TRY_ASSIGN(const std::string* text, read_text(project, "name"));
  if (text == nullptr) return pyproject_failure("`project.name` is missing");
  auto name = PackageName::parse(*text);
  if (!name) return pyproject_failure(fmt::format("`project.name` cannot be read: {}", name.error().message));
  return name;
}

Status read_extras(const TomlTable& project, ProjectTable& table) {
  const TomlValue* value = project.find("optional-dependencies");
  if (value == nullptr) return {};
  const auto* extras = std::get_if<TomlTable>(&value->data);
  if (extras == nullptr) return pyproject_failure(fmt::format("`project.optional-dependencies` must be a table, not {}", value->kind()));
  for (const auto& [written, content] : extras->entries) {
    const auto name = PackageName::parse(written);
    if (!name) return pyproject_failure(fmt::format("`{}` is no name for an extra", excerpt(written)));
    TORCHUP_TRY_ASSIGN(auto requirements, toml_requirements(content, "project.optional-dependencies." + written));
    const bool fresh = table.extras.emplace(*name, std::move(requirements)).second;
    if (!fresh) return pyproject_failure(fmt::format("two extras have one name, `{}`", name->text()));
  }
  return {};
}

bool among(const std::vector<std::string>& keys, const char* key) { return std::find(keys.begin(), keys.end(), key) != keys.end(); }

/// Puts in what the project's own extras stand for.
class Gathering {
 public:
  explicit Gathering(const ProjectTable& project) : m_project(project) {}

  Status extra(const PackageName& name, const std::optional<Marker>& under) {
    const auto found = m_project.extras.find(name);
    if (found == m_project.extras.end()) return missing(name);
    // Extras may name one another: each is looked into once under one marker, which ends every cycle.
    if (!m_seen.insert({name, under ? under->text() : ""}).second) return {};
    if (m_seen.size() > k_most_extras)
      return pyproject_failure(fmt::format("the extras name one another more than {} times", k_most_extras));
    return all(found->second, under);
  }

  Status all(const std::vector<Requirement>& requirements, const std::optional<Marker>& under) {
    if (++m_depth > k_deepest) return pyproject_failure(fmt::format("the extras name one another more than {} deep", k_deepest));
    for (const auto& one : requirements) TORCHUP_TRY(take(one, under));
    --m_depth;
    return {};
  }

  std::vector<Requirement> requirements() { return std::move(m_requirements); }

 private:
  static constexpr std::size_t k_most_extras = 1'000;
  static constexpr int k_deepest = 64;

  Status take(Requirement requirement, const std::optional<Marker>& under) {
    TORCHUP_TRY(narrow(requirement, under));
    if (requirement.name == m_project.name) {
      for (const auto& name : requirement.extras) TORCHUP_TRY(extra(name, requirement.marker));
      return {};
    }
    if (m_requirements.size() == k_most_project_requirements)
      return pyproject_failure(fmt::format("the project gives more than {} requirements", k_most_project_requirements));
    m_requirements.push_back(std::move(requirement));
    return {};
  }

  static Status narrow(Requirement& requirement, const std::optional<Marker>& under) {
    if (!under || (requirement.marker && requirement.marker->text() == under->text())) return {};
    if (!requirement.marker) {
      requirement.marker = under;
      return {};
    }
    TORCHUP_TRY_ASSIGN(requirement.marker, Marker::parse(fmt::format("({}) and ({})", under->text(), requirement.marker->text())));
    return {};
  }

  Status missing(const PackageName& name) const {
    if (m_project.extras_are_dynamic) {
      return failure({ErrorKind::usage,
                      "`project.optional-dependencies` is dynamic: only a build of the project knows its extras",
                      {},
                      {"write them down in the file"}});
    }
    std::vector<std::string> names;
    for (const auto& [there, requirements] : m_project.extras) names.push_back(there.text());
    return failure({ErrorKind::usage, fmt::format("the project has no extra `{}`", name.text()), {}, names_there(names, name.text())});
  }

  const ProjectTable& m_project;
  std::vector<Requirement> m_requirements;
  std::set<std::pair<PackageName, std::string>> m_seen;
  int m_depth = 0;
};

}  // namespace

Result<ProjectTable> read_project_table(const TomlTable& project) {
  TORCHUP_TRY_ASSIGN(PackageName name, read_name(project));
  ProjectTable table{.name = std::move(name)};
  TORCHUP_TRY_ASSIGN(const auto dynamic, read_dynamic(project));
  if (among(dynamic, "dependencies")) {
    return failure({ErrorKind::usage,
                    "`project.dependencies` is dynamic: only a build of the project knows them",
                    {},
                    {"write them down in the file, or name them in a requirements file"}});
  }
  table.extras_are_dynamic = among(dynamic, "optional-dependencies");
  if (const TomlValue* dependencies = project.find("dependencies")) {
    TORCHUP_TRY_ASSIGN(table.dependencies, toml_requirements(*dependencies, "project.dependencies"));
  }
  TORCHUP_TRY(read_extras(project, table));
  TORCHUP_TRY_ASSIGN(const std::string* python, read_text(project, "requires-python"));
  if (python == nullptr) return table;
  auto versions = SpecifierSet::parse(*python);
  if (!versions) return pyproject_failure(fmt::format("`project.requires-python` cannot be read: {}", versions.error().message));
  table.requires_python = *std::move(versions);
  return table;
}

Result<std::vector<Requirement>> project_requirements(const ProjectTable& project, const std::vector<std::string>& extras) {
  Gathering gathering(project);
  TORCHUP_TRY(gathering.all(project.dependencies, std::nullopt));
  for (const auto& extra : extras) {
    const auto name = PackageName::parse(extra);
    if (!name) return pyproject_failure(fmt::format("`{}` is no name for an extra", excerpt(extra)));
    TORCHUP_TRY(gathering.extra(*name, std::nullopt));
  }
  return gathering.requirements();
}

}  // namespace torchup
