#include "resolver/pubgrub/package_table.hpp"

namespace torchup::pubgrub {

PackageId PackageTable::project(const PackageName& name) {
  const auto [found, is_new] = m_projects.try_emplace(name, static_cast<PackageId>(m_entries.size()));
  if (is_new) m_entries.push_back({&found->first, nullptr, found->second, {}});
  return found->second;
}

PackageId PackageTable::extra(const PackageName& name, const PackageName& extra) {
  const PackageId owner = project(name);
  const auto [found, is_new] = m_extras.try_emplace({name, extra}, static_cast<PackageId>(m_entries.size()));
  if (is_new) {
    m_entries.push_back({&found->first.first, &found->first.second, owner, {}});
    m_entries[owner].extras.push_back(found->second);
  }
  return found->second;
}

std::optional<PackageId> PackageTable::find_project(const PackageName& name) const {
  const auto found = m_projects.find(name);
  if (found == m_projects.end()) return std::nullopt;
  return found->second;
}

std::string PackageTable::text(PackageId id) const {
  if (id == k_root) return "your request";
  return is_extra(id) ? name(id).text() + "[" + extra_name(id).text() + "]" : name(id).text();
}

}  // namespace torchup::pubgrub
