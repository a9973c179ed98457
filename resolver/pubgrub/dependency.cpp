#include "resolver/pubgrub/dependency.hpp"

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

Dependency::Dependency(const Requirement& requirement, SpecifierRanges& ranges)
    : m_name(requirement.name), m_wanted(ranges.of(requirement.specifiers)) {
  const auto& specifiers = requirement.specifiers.specifiers();
  m_pinned = std::any_of(specifiers.begin(), specifiers.end(), is_exact);
  if (requirement.extras.empty() && !requirement.marker && !requirement.url && !m_wanted.empty()) return;
  m_rare = std::make_shared<const Rare>(Rare{.extras = requirement.extras,
                                             .marker = requirement.marker,
                                             .unmatchable = m_wanted.empty() ? requirement.specifiers.text() : std::string(),
                                             .unsupported = requirement.url ? requirement.text() : std::string()});
}

const Dependency::Rare& Dependency::rare() const {
  static const Rare none;
  return m_rare ? *m_rare : none;
}

KnownMetadata::KnownMetadata(const PackageMetadata& metadata, SpecifierRanges& ranges)
    : dependencies(made_dependencies(metadata.requires_dist, ranges)), provides_extra(metadata.provides_extra) {}

std::vector<Dependency> made_dependencies(std::span<const Requirement> requirements, SpecifierRanges& ranges) {
  std::vector<Dependency> made;
  made.reserve(requirements.size());
  for (const Requirement& requirement : requirements) made.emplace_back(requirement, ranges);
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
