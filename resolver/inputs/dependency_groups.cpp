#include "resolver/inputs/dependency_groups.hpp"

#include "resolver/inputs/toml_requirements.hpp"
#include "resolver/versions/ascii.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace torchup {
namespace {

constexpr std::size_t k_deepest = 64;
constexpr std::size_t k_most_includes = 10'000;

}  // namespace

/// One group being expanded.
struct DependencyGroups::Expansion {
  std::vector<Requirement> requirements = {};
  std::vector<const Group*> open = {};  // the groups that include the one being read, outermost first
  std::size_t includes = 0;             // groups that include others twice double at every level
};

Result<DependencyGroups> DependencyGroups::read(const TomlTable& table) {
  DependencyGroups groups;
  for (const auto& [written, content] : table.entries) {
    const auto name = PackageName::parse(written);
    if (!name) return pyproject_failure(fmt::format("`{}` is no name for a dependency group", excerpt(written)));
    const auto [known, fresh] = groups.m_groups.try_emplace(*name, Group{written, &content});
    if (!fresh) {
      return pyproject_failure(
          fmt::format("the dependency groups `{}` and `{}` have one name, `{}`", known->second.written, written, name->text()));
    }
  }
  return groups;
}

Result<std::vector<Requirement>> DependencyGroups::requirements(const std::string& name) const {
  Expansion expansion;
  TORCHUP_TRY(expand(name, expansion));
  return std::move(expansion.requirements);
}

Result<const DependencyGroups::Group*> DependencyGroups::find(const std::string& name) const {
  const auto parsed = PackageName::parse(name);
  const auto found = parsed ? m_groups.find(*parsed) : m_groups.end();
  if (found != m_groups.end()) return &found->second;
  std::vector<std::string> names;
  for (const auto& [normalised, group] : m_groups) names.push_back(normalised.text());
  return failure({ErrorKind::usage, fmt::format("there is no dependency group `{}`", excerpt(name)), {}, names_there(names, name)});
}

Status DependencyGroups::expand(const std::string& name, Expansion& expansion) const {
  TORCHUP_TRY_ASSIGN(const Group* group, find(name));
  if (const auto at = std::find(expansion.open.begin(), expansion.open.end(), group); at != expansion.open.end()) {
    std::string way;
    for (auto one = at; one != expansion.open.end(); ++one) way += fmt::format("`{}` includes ", (*one)->written);
    return pyproject_failure(fmt::format("the dependency groups form a cycle: {}`{}`", way, group->written));
  }
  if (expansion.open.size() == k_deepest)
    return pyproject_failure(fmt::format("the dependency group `{}` is included more than {} deep", group->written, k_deepest));
  if (++expansion.includes > k_most_includes)
    return pyproject_failure(fmt::format("the dependency groups include one another more than {} times", k_most_includes));
  const std::string key = "dependency-groups." + group->written;
  const auto* array = std::get_if<TomlArray>(&group->content->data);
  if (array == nullptr) return pyproject_failure(fmt::format("`{}` must be an array, not {}", key, group->content->kind()));
  expansion.open.push_back(group);
  for (std::size_t i = 0; i < array->size(); ++i) TORCHUP_TRY(take((*array)[i], fmt::format("{}[{}]", key, i), expansion));
  expansion.open.pop_back();
  return {};
}

Status DependencyGroups::take(const TomlValue& entry, const std::string& key, Expansion& expansion) const {
  if (const auto* include = std::get_if<TomlTable>(&entry.data)) {
    const TomlValue* name = include->find("include-group");
    if (name == nullptr || include->entries.size() != 1)
      return pyproject_failure(fmt::format("`{}` has other keys than `include-group`", key));
    const auto* text = std::get_if<std::string>(&name->data);
    if (text == nullptr) return pyproject_failure(fmt::format("`{}.include-group` must be a string, not {}", key, name->kind()));
    return with_context(expand(*text, expansion), fmt::format("while reading `{}`", key));
  }
  if (expansion.requirements.size() == k_most_project_requirements)
    return pyproject_failure(fmt::format("the dependency groups give more than {} requirements", k_most_project_requirements));
  TORCHUP_TRY_ASSIGN(Requirement requirement, toml_requirement(entry, key));
  expansion.requirements.push_back(std::move(requirement));
  return {};
}

}  // namespace torchup
