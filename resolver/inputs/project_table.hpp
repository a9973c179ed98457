#pragma once
// [project] of a pyproject.toml (PEP 621; packaging.python.org, "pyproject.toml specification"): what a project depends on.
// Used by pyproject.cpp.

#include "torchup/resolver/requirement.hpp"

#include "resolver/lock/toml_value.hpp"

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace torchup {

struct ProjectTable {
  PackageName name;
  std::optional<SpecifierSet> requires_python = {};
  std::vector<Requirement> dependencies = {};
  std::map<PackageName, std::vector<Requirement>> extras = {};
  bool extras_are_dynamic = false;
};

/// Reads the keys that a resolution needs; the others are a build's to judge. Dependencies that are `dynamic`, a key that is
/// both static and dynamic, two extras that are one when normalised, and broken values are ErrorKind::usage naming the key.
Result<ProjectTable> read_project_table(const TomlTable& project);

/// What the project asks for with these extras, each once: entries that ask for an extra of the project itself give way to what
/// that extra lists, under both markers. An extra that is missing is ErrorKind::usage.
Result<std::vector<Requirement>> project_requirements(const ProjectTable& project, const std::vector<std::string>& extras);

}  // namespace torchup
