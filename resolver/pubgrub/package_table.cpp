#include "resolver/pubgrub/package_table.hpp"

namespace torchup::pubgrub {

PackageId PackageTable::project(Project& project) {
  if (project.second.place() == k_root) {
    project.second.set_place(static_cast<PackageId>(m_entries.size()));
    m_entries.push_back({&project, nullptr, project.second.place()});
  }
  return project.second.place();
}

PackageId PackageTable::extra(Project& project, const PackageName& extra) {
  const PackageId owner = this->project(project);
  const auto [found, is_new] = m_extras.try_emplace({owner, extra}, static_cast<PackageId>(m_entries.size()));
  if (is_new) {
    m_entries.push_back({&project, &found->first.second, owner});
    m_entries[owner].has_extras = true;
    m_extras_of[owner].push_back(found->second);
  }
  return found->second;
}

const std::vector<PackageId>& PackageTable::extras_of(PackageId project) const {
  static const std::vector<PackageId> none;
  return m_entries[project].has_extras ? m_extras_of.at(project) : none;
}

std::optional<PackageId> PackageTable::find_project(const PackageName& name) const {
  const Project* found = m_universe.find(name);
  if (found == nullptr || found->second.place() == k_root) return std::nullopt;
  return found->second.place();
}

std::string PackageTable::text(PackageId id) const {
  if (id == k_root) return "your request";
  return is_extra(id) ? name(id).text() + "[" + extra_name(id).text() + "]" : name(id).text();
}

}  // namespace torchup::pubgrub
