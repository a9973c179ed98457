#pragma once
// The files that say what is wanted, as the options of `lock` and `install` name them: requirements files, constraints, and
// pyproject.toml with its extras and groups.

#include "torchup/resolver/requirement_files.hpp"
#include "torchup/system/host_system.hpp"

#include "src/commands/parser.hpp"

#include <string>
#include <vector>

namespace torchup {

struct WantedFiles {
  std::vector<std::string> requirements, constraints;  ///< Paths; a requirements path that ends with `.toml` is a pyproject.toml.
  std::vector<std::string> extras, groups;             ///< A group is NAME or PATH:NAME.
  bool all_extras = false;
};

void add_file_options(Parser& parser, WantedFiles& wanted);

/// Reads them all into the list. Variables in requirements files are those of `host`. Extras without a pyproject.toml, groups of
/// several, and whatever a file breaks are ErrorKind::usage.
Status add_wanted_files(RequirementList& list, const WantedFiles& wanted, HostSystem& host);

/// Adds overrides: each the name of a file of them, where there is one, else a requirement.
Status add_overrides(RequirementList& list, const std::vector<std::string>& overrides, HostSystem& host);

}  // namespace torchup
