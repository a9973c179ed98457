#pragma once
// Arrays of requirements in a pyproject.toml, and the complaints about them. Used by the readers of its tables.

#include "torchup/resolver/requirement.hpp"

#include "resolver/lock/toml_value.hpp"

#include <string>
#include <vector>

namespace torchup {

/// How many requirements one pyproject.toml may give in all, includes repeated.
inline constexpr std::size_t k_most_project_requirements = 10'000;

/// ErrorKind::usage about the value of a key.
tl::unexpected<Error> pyproject_failure(std::string message);

/// The requirements that stand at `key` ("project.dependencies"), which a message names with the place in the array.
Result<std::vector<Requirement>> toml_requirements(const TomlValue& value, const std::string& key);

/// One of them.
Result<Requirement> toml_requirement(const TomlValue& value, const std::string& key);

/// ": `a` or `b` is there" for a name that is missing, at most five, the most alike first; empty where there is none.
std::vector<std::string> names_there(const std::vector<std::string>& names, const std::string& wanted);

}  // namespace torchup
