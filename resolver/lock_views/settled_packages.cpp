#include "torchup/resolver/export_lock.hpp"
#include "torchup/resolver/marker_algebra.hpp"

#include <utility>
#include <variant>

namespace torchup {

std::vector<LockedPackage> settled_packages(const Lockfile& lock, const Extras& extras) {
  MarkerEnvironment chosen;
  chosen.extras.insert(extras.begin(), extras.end());
  chosen.dependency_groups.insert(lock.default_groups.begin(), lock.default_groups.end());
  std::vector<LockedPackage> packages;
  for (LockedPackage package : lock.packages) {
    if (package.marker) {
      MarkerOrTruth left = package.marker->settled(chosen);
      if (const Marker* marker = std::get_if<Marker>(&left)) left = simplified(*marker);
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
