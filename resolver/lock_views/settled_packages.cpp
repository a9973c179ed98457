#include "torchup/resolver/export_lock.hpp"

#include <utility>
#include <variant>

namespace torchup {

std::vector<LockedPackage> settled_packages(const Lockfile& lock) {
  MarkerEnvironment chosen;
  chosen.dependency_groups.insert(lock.default_groups.begin(), lock.default_groups.end());
  std::vector<LockedPackage> packages;
  for (LockedPackage package : lock.packages) {
    if (package.marker) {
      std::variant<bool, Marker> left = package.marker->settled(chosen);
      if (const bool* holds = std::get_if<bool>(&left)) {
        if (!*holds) continue;
        package.marker.reset();
      } else {
        package.marker = std::get<Marker>(std::move(left));
      }
    }
    packages.push_back(std::move(package));
  }
  return packages;
}

}  // namespace torchup
