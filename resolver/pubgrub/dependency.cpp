#include "resolver/pubgrub/dependency.hpp"

#include "resolver/pubgrub/universe.hpp"

#include <algorithm>

namespace torchup::pubgrub {
namespace {

bool holds(const Dependency& dependency, const MarkerEnvironment& environment) {
  return !dependency.marker() || dependency.marker()->evaluate(environment);
}

bool is_exact(const Specifier& specifier) {
  return (specifier.op == SpecifierOperator::equal && !specifier.prefix) || specifier.op == SpecifierOperator::arbitrary;
}

}  // namespace

const VersionSet& SpecifierRanges::of(const SpecifierSet& specifiers) {
  std::string written;
  for (const Specifier& one : specifiers.specifiers()) {
    written += static_cast<char>('a' + static_cast<int>(one.op));
    written += one.text;
    written += one.prefix ? "*," : ",";
  }
  const auto [known, fresh] = m_sets.try_emplace(std::move(written));
  if (fresh) known->second = VersionSet::of(specifiers);
  return known->second;
}

Dependency::Dependency(const Requirement& requirement, Universe& universe)
    : m_project(&universe.project(requirement.name)), m_wanted(universe.ranges().of(requirement.specifiers)) {
  const auto& specifiers = requirement.specifiers.specifiers();
  m_pinned = std::any_of(specifiers.begin(), specifiers.end(), is_exact);
  if (requirement.extras.empty() && !requirement.marker && !requirement.url && !m_wanted.empty()) return;
  m_rare = SharedValue<Rare>(Rare{.extras = requirement.extras,
                                  .marker = requirement.marker,
                                  .unmatchable = m_wanted.empty() ? requirement.specifiers.text() : std::string(),
                                  .unsupported = requirement.url ? requirement.text() : std::string()});
}

const PackageName& Dependency::name() const { return m_project->first; }

const Dependency::Rare& Dependency::rare() const {
  static const Rare none;
  return m_rare ? *m_rare : none;
}

KnownMetadata::KnownMetadata(const PackageMetadata& metadata, Universe& universe)
    : dependencies(made_dependencies(metadata.requires_dist, universe)), provides_extra(metadata.provides_extra) {}

std::vector<Dependency> made_dependencies(std::span<const Requirement> requirements, Universe& universe) {
  std::vector<Dependency> made;
  made.reserve(requirements.size());
  for (const Requirement& requirement : requirements) made.emplace_back(requirement, universe);
  return made;
}

std::vector<const Dependency*> holding(std::span<const Dependency> dependencies, const MarkerEnvironment& environment) {
  std::vector<const Dependency*> result;
  for (const Dependency& dependency : dependencies) {
    if (holds(dependency, environment)) result.push_back(&dependency);
  }
  return result;
}

std::vector<const Dependency*> added_by(const PackageName& extra, std::span<const Dependency> dependencies,
                                        const MarkerEnvironment& environment) {
  MarkerEnvironment with_extra = environment;
  with_extra.extras = {extra.text()};
  std::vector<const Dependency*> result;
  for (const Dependency& dependency : dependencies) {
    if (dependency.marker() && holds(dependency, with_extra) && !holds(dependency, environment)) result.push_back(&dependency);
  }
  return result;
}

}  // namespace torchup::pubgrub
