#pragma once
// [dependency-groups] of a pyproject.toml (PEP 735; packaging.python.org, "Dependency Groups"): lists of requirements that
// may include one another. Used by pyproject.cpp.

#include "torchup/resolver/requirement.hpp"

#include "resolver/lock/toml_value.hpp"

#include <map>
#include <string>
#include <vector>

namespace torchup {

class DependencyGroups {
 public:
  /// Reads the names; a group's content is read when it is wanted, as the standard lets tools do. `table` must outlive the
  /// groups. A name that is none, and two that are one when normalised, are ErrorKind::usage.
  static Result<DependencyGroups> read(const TomlTable& table);

  /// What a group lists, includes put in their places. No such group, a cycle, another entry than a requirement or one
  /// `include-group`, and more than 10,000 requirements are ErrorKind::usage.
  Result<std::vector<Requirement>> requirements(const std::string& name) const;

 private:
  struct Group {
    std::string written;  ///< The name as the file has it.
    const TomlValue* content;
  };
  struct Expansion;

  Result<const Group*> find(const std::string& name) const;
  Status expand(const std::string& name, Expansion& expansion) const;
  Status take(const TomlValue& entry, const std::string& key, Expansion& expansion) const;

  std::map<PackageName, Group> m_groups;
};

}  // namespace torchup
