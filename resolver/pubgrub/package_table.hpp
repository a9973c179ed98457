#pragma once
// The packages of one search in the order in which they were met: the root, projects, and extras as packages of their own.

#include "torchup/resolver/package_name.hpp"

#include "resolver/pubgrub/term.hpp"

#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace torchup::pubgrub {

class PackageTable {
 public:
  /// Knows the root alone.
  PackageTable() : m_entries(1) {}
  PackageTable(const PackageTable&) = delete;
  PackageTable& operator=(const PackageTable&) = delete;

  PackageId project(const PackageName& name);
  PackageId extra(const PackageName& name, const PackageName& extra);

  std::size_t size() const { return m_entries.size(); }
  bool is_extra(PackageId id) const { return m_entries[id].extra != nullptr; }
  bool is_project(PackageId id) const { return id != k_root && !is_extra(id); }
  const PackageName& name(PackageId id) const { return *m_entries[id].name; }  ///< Not of the root.
  const PackageName& extra_name(PackageId id) const { return *m_entries[id].extra; }
  PackageId project_of(PackageId id) const { return m_entries[id].project; }  ///< Of an extra: what it belongs to; else itself.
  const std::vector<PackageId>& extras_of(PackageId project) const { return m_entries[project].extras; }
  std::optional<PackageId> find_project(const PackageName& name) const;
  std::string text(PackageId id) const;  ///< "torch", "torch[opt]".

 private:
  struct Entry {
    const PackageName* name = nullptr;  // those of the maps below
    const PackageName* extra = nullptr;
    PackageId project = k_root;
    std::vector<PackageId> extras = {};  // of a project
  };

  std::vector<Entry> m_entries;
  std::map<PackageName, PackageId> m_projects;
  std::map<std::pair<PackageName, PackageName>, PackageId> m_extras;
};

}  // namespace torchup::pubgrub
