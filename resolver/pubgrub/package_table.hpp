#pragma once
// The packages of one search in the order in which they were met: the root, projects, and extras as packages of their own.

#include "torchup/resolver/package_name.hpp"

#include "resolver/pubgrub/universe.hpp"

#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace torchup::pubgrub {

class PackageTable {
 public:
  /// Knows the root alone. The universe remembers the places of its projects for the newest table, and must outlive it.
  explicit PackageTable(Universe& universe) : m_universe(universe), m_entries(1) { universe.forget_places(); }
  PackageTable(const PackageTable&) = delete;
  PackageTable& operator=(const PackageTable&) = delete;

  PackageId project(Project& project);
  PackageId extra(Project& project, const PackageName& extra);

  std::size_t size() const { return m_entries.size(); }
  bool is_extra(PackageId id) const { return m_entries[id].extra != nullptr; }
  bool is_project(PackageId id) const { return id != k_root && !is_extra(id); }
  const PackageName& name(PackageId id) const { return m_entries[id].known->first; }  ///< Not of the root.
  KnownPackage& known(PackageId id) const { return m_entries[id].known->second; }     ///< The same; of an extra its project.
  const PackageName& extra_name(PackageId id) const { return *m_entries[id].extra; }
  PackageId project_of(PackageId id) const { return m_entries[id].project; }  ///< Of an extra: what it belongs to; else itself.
  const std::vector<PackageId>& extras_of(PackageId project) const;
  std::optional<PackageId> find_project(const PackageName& name) const;
  std::string text(PackageId id) const;  ///< "torch", "torch[opt]".

 private:
  struct Entry {
    Project* known = nullptr;
    const PackageName* extra = nullptr;  // that of the map below
    PackageId project = k_root;
    bool has_extras = false;
  };

  Universe& m_universe;
  std::vector<Entry> m_entries;
  std::map<std::pair<PackageId, PackageName>, PackageId> m_extras;
  std::map<PackageId, std::vector<PackageId>> m_extras_of;  // by project
};

}  // namespace torchup::pubgrub
