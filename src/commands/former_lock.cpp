#include "src/commands/former_lock.hpp"

#include "src/install/install.hpp"

#include <algorithm>
#include <set>

namespace torchup {

void forget_versions(Lockfile& former, const std::vector<PackageName>& names, const VariantCatalog& catalog) {
  std::set<PackageName> forgotten(names.begin(), names.end());
  const auto& family = torch_family(catalog);
  const bool moves_family = std::any_of(
      names.begin(), names.end(), [&](const PackageName& name) { return std::binary_search(family.begin(), family.end(), name.text()); });
  if (moves_family) {
    for (const auto& member : family) forgotten.insert(PackageName::parse(member).value());
  }
  std::erase_if(former.packages, [&](const LockedPackage& package) { return forgotten.contains(package.name); });
}

Lockfile lock_of_generation(const Generation& generation) {
  if (const auto text = read_generation_lock(generation)) {
    if (auto lock = read_lock(*text)) return *std::move(lock);
  }
  Lockfile lock;
  for (const InstalledPackage& package : generation.packages) {
    lock.packages.push_back({.name = package.name, .version = package.version});
    if (package.requested) lock.tool.requests.push_back(package.name.text());
  }
  return lock;
}

}  // namespace torchup
