#include "torchup/resolver/requirement_files.hpp"

#include "resolver/inputs/dependency_groups.hpp"
#include "resolver/inputs/project_table.hpp"
#include "resolver/inputs/toml_requirements.hpp"
#include "resolver/lock/toml_parse.hpp"

#include <fmt/format.h>

namespace torchup {
namespace {

/// The table at a key of the document; nullptr where it is missing.
Result<const TomlTable*> top_table(const TomlTable& document, const char* key) {
  const TomlValue* value = document.find(key);
  if (value == nullptr) return nullptr;
  const auto* table = std::get_if<TomlTable>(&value->data);
  if (table == nullptr) return pyproject_failure(fmt::format("`{}` must be a table, not {}", key, value->kind()));
  return table;
}

bool has_poetry_dependencies(const TomlTable& document) {
  const auto tool = top_table(document, "tool");
  const auto poetry = tool && *tool != nullptr ? top_table(**tool, "poetry") : Result<const TomlTable*>(nullptr);
  return poetry && *poetry != nullptr && (*poetry)->find("dependencies") != nullptr;
}

Error no_project(const TomlTable& document) {
  Error error{ErrorKind::usage, "there is no table `project`", {}, {}};
  if (has_poetry_dependencies(document))
    error.hints.push_back("dependencies under `tool.poetry` are not read: move them to `project.dependencies`");
  if (document.find("dependency-groups") != nullptr) error.hints.push_back("`--group NAME` without -r reads a dependency group alone");
  return error;
}

Status take_project(RequirementList& list, const TomlTable& document, const std::string& path, const PyprojectWish& wish) {
  TORCHUP_TRY_ASSIGN(const TomlTable* table, top_table(document, "project"));
  if (table == nullptr) return failure(no_project(document));
  TORCHUP_TRY_ASSIGN(const ProjectTable project, read_project_table(*table));
  std::vector<std::string> extras = wish.extras;
  if (wish.all_extras) {
    if (project.extras_are_dynamic)
      return pyproject_failure("`project.optional-dependencies` is dynamic: only a build of the project knows its extras");
    for (const auto& [name, requirements] : project.extras) extras.push_back(name.text());
  }
  TORCHUP_TRY_ASSIGN(auto requirements, project_requirements(project, extras));
  list.requirements.insert(list.requirements.end(), requirements.begin(), requirements.end());
  if (project.requires_python) list.pythons.push_back({*project.requires_python, fmt::format("`requires-python` of `{}`", path)});
  return {};
}

Status take_groups(RequirementList& list, const TomlTable& document, const std::vector<std::string>& wanted) {
  if (wanted.empty()) return {};
  TORCHUP_TRY_ASSIGN(const TomlTable* table, top_table(document, "dependency-groups"));
  if (table == nullptr) return pyproject_failure("there is no table `dependency-groups`");
  TORCHUP_TRY_ASSIGN(const DependencyGroups groups, DependencyGroups::read(*table));
  for (const auto& name : wanted) {
    TORCHUP_TRY_ASSIGN(const auto requirements, groups.requirements(name));
    list.requirements.insert(list.requirements.end(), requirements.begin(), requirements.end());
  }
  return {};
}

}  // namespace

Status add_pyproject(RequirementList& list, std::string_view toml, const std::string& path, const PyprojectWish& wish) {
  const auto add = [&]() -> Status {
    TORCHUP_TRY_ASSIGN(const TomlTable document, parse_toml(toml, {"the file", ErrorKind::usage}));
    if (wish.project) TORCHUP_TRY(take_project(list, document, path, wish));
    return take_groups(list, document, wish.groups);
  };
  return with_context(add(), fmt::format("while reading `{}`", path));
}

}  // namespace torchup
