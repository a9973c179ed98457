#include "resolver/inputs/toml_requirements.hpp"

#include "torchup/core/edit_distance.hpp"

#include "resolver/versions/ascii.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace torchup {

tl::unexpected<Error> pyproject_failure(std::string message) { return failure({ErrorKind::usage, std::move(message), {}, {}}); }

Result<Requirement> toml_requirement(const TomlValue& value, const std::string& key) {
  const auto* text = std::get_if<std::string>(&value.data);
  if (text == nullptr) return pyproject_failure(fmt::format("`{}` must be a string, not {}", key, value.kind()));
  auto requirement = Requirement::parse(*text);
  if (!requirement) return pyproject_failure(fmt::format("`{}` is no requirement: {}", key, requirement.error().message));
  if (requirement->url) {
    return pyproject_failure(
        fmt::format("`{}` asks for `{}` by a URL, and only wheels of an index are installed", key, requirement->name.text()));
  }
  return requirement;
}

Result<std::vector<Requirement>> toml_requirements(const TomlValue& value, const std::string& key) {
  const auto* array = std::get_if<TomlArray>(&value.data);
  if (array == nullptr) return pyproject_failure(fmt::format("`{}` must be an array, not {}", key, value.kind()));
  if (array->size() > k_most_project_requirements)
    return pyproject_failure(fmt::format("`{}` has more than {} entries", key, k_most_project_requirements));
  std::vector<Requirement> requirements;
  for (std::size_t i = 0; i < array->size(); ++i) {
    TORCHUP_TRY_ASSIGN(Requirement requirement, toml_requirement((*array)[i], fmt::format("{}[{}]", key, i)));
    requirements.push_back(std::move(requirement));
  }
  return requirements;
}

std::vector<std::string> names_there(const std::vector<std::string>& names, const std::string& wanted) {
  constexpr std::size_t k_most_shown = 5;
  std::vector<std::pair<std::size_t, std::string>> ranked;
  for (const auto& name : names) ranked.emplace_back(edit_distance(name.substr(0, 64), std::string_view(wanted).substr(0, 64)), name);
  std::sort(ranked.begin(), ranked.end());
  std::string list;
  for (std::size_t i = 0; i < std::min(ranked.size(), k_most_shown); ++i)
    list += fmt::format("{}`{}`", i == 0 ? "" : ", ", excerpt(ranked[i].second));
  if (list.empty()) return {};
  return {fmt::format("there {} {}{}", ranked.size() == 1 ? "is" : "are", list, ranked.size() > k_most_shown ? ", …" : "")};
}

}  // namespace torchup
