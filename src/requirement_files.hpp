#pragma once
// Requirements as a person gives them: words on the command line and requirements files as pip reads them, as far as one
// requirement, `-r FILE` or `-c FILE` stands on a line.

#include "torchup/resolver/requirement.hpp"

#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace torchup {

struct RequirementList {
  std::vector<Requirement> requirements;
  std::vector<Requirement> constraints;
};

/// Reads a file's whole text by the name that a line or the user gives.
using ReadFile = std::function<Result<std::string>(const std::string& path)>;

/// Adds what a requirements file says. Comments, continued lines and nested files (16 deep) are read; `-e`, hashes and
/// other options are ErrorKind::usage naming file and line.
Status add_requirements_file(RequirementList& list, const std::string& path, const ReadFile& read);

/// Adds a constraints file: like a requirements file, but its lines only narrow what something else asks for.
Status add_constraints_file(RequirementList& list, const std::string& path, const ReadFile& read);

}  // namespace torchup
