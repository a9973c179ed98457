#include "resolver/pubgrub/universe.hpp"

#include "resolver/pubgrub/dependency.hpp"

namespace torchup::pubgrub {

Universe::Universe(const SolverRequest& request)
    : m_prereleases(request.prereleases), m_order(request.order), m_preferences(request.preferences) {
  // What is asked for on other targets only is not asked for here.
  const auto direct = made_dependencies(request.requirements, *this);
  for (const Dependency* dependency : holding(direct, request.environment)) m_direct.insert(dependency->name());
  m_projects.clear();  // made before it was known which of them are asked for
  for (const auto* requirements : {&request.requirements, &request.constraints}) {
    const auto all = made_dependencies(*requirements, *this);
    for (const Dependency* dependency : holding(all, request.environment)) {
      if (dependency->pinned()) project(dependency->name()).second.admit_yanked(dependency->wanted());
    }
  }
}

Project& Universe::project(const PackageName& name) {
  if (const auto found = m_projects.find(name); found != m_projects.end()) return *found;
  std::optional<Version> preferred;
  if (const auto found = m_preferences.find(name); found != m_preferences.end()) preferred = found->second;
  const bool lowest = m_order == VersionOrder::lowest || (m_order == VersionOrder::lowest_direct && m_direct.contains(name));
  return *m_projects.try_emplace(name, m_prereleases, std::move(preferred), lowest ? FirstTried::oldest : FirstTried::newest).first;
}

const Project* Universe::find(const PackageName& name) const {
  const auto found = m_projects.find(name);
  return found == m_projects.end() ? nullptr : &*found;
}

void Universe::answer_metadata(const PackageName& name, const Version& version, const PackageMetadata& metadata) {
  KnownPackage& known = project(name).second;
  if (known.metadata(version) == nullptr) known.answer_metadata(version, KnownMetadata(metadata, *this));
}

bool Universe::admit_noted_yanked() {
  bool any = false;
  for (auto& [name, known] : m_projects) any = known.admit_noted_yanked() || any;
  return any;
}

void Universe::forget_places() {
  for (auto& [name, known] : m_projects) known.forget_place();
}

}  // namespace torchup::pubgrub
