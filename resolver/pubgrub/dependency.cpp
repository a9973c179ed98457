#include "resolver/pubgrub/dependency.hpp"

#include <algorithm>

namespace torchup::pubgrub {
namespace {

bool holds(const Requirement& requirement, const MarkerEnvironment& environment) {
  return !requirement.marker || requirement.marker->evaluate(environment);
}

bool is_exact(const Specifier& specifier) {
  return (specifier.op == SpecifierOperator::equal && !specifier.prefix) || specifier.op == SpecifierOperator::arbitrary;
}

Dependency dependency_from(const Requirement& requirement) {
  const auto& specifiers = requirement.specifiers.specifiers();
  return {.name = requirement.name,
          .extras = requirement.extras,
          .wanted = VersionSet::of(requirement.specifiers),
          .specifiers = requirement.specifiers.text(),
          .unsupported = requirement.url ? requirement.text() : std::string(),
          .pinned = std::any_of(specifiers.begin(), specifiers.end(), is_exact)};
}

}  // namespace

std::vector<Dependency> dependencies_of(std::span<const Requirement> requirements, const MarkerEnvironment& environment) {
  std::vector<Dependency> result;
  for (const Requirement& requirement : requirements) {
    if (holds(requirement, environment)) result.push_back(dependency_from(requirement));
  }
  return result;
}

std::vector<Dependency> dependencies_of_extra(std::span<const Requirement> requirements, const MarkerEnvironment& environment,
                                              const PackageName& extra) {
  MarkerEnvironment with_extra = environment;
  with_extra.extras = {extra.text()};
  std::vector<Dependency> result;
  for (const Requirement& requirement : requirements) {
    if (requirement.marker && holds(requirement, with_extra) && !holds(requirement, environment)) {
      result.push_back(dependency_from(requirement));
    }
  }
  return result;
}

}  // namespace torchup::pubgrub
