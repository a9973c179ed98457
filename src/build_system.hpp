#pragma once
// How a source distribution wants to be built: the table [build-system] of its pyproject.toml (PEP 517, 518). Used by
// wheel_builder.cpp.

#include "torchup/resolver/requirement.hpp"

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace torchup {

struct BuildSystem {
  std::vector<Requirement> requirements;
  std::string backend;                    ///< "setuptools.build_meta", perhaps with ":OBJECT"
  std::vector<std::string> folders = {};  ///< `backend-path`: where in the source the backend lies.
};

/// What is meant where a source has no pyproject.toml, or one without a backend: setuptools as it always was.
BuildSystem legacy_build_system();

/// Reads a pyproject.toml. A table that breaks PEP 517 or 518, or folders outside the source, are ErrorKind::integrity.
Result<BuildSystem> parse_build_system(std::string_view pyproject);

}  // namespace torchup
