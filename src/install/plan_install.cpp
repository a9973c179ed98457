#include "src/install/install.hpp"

#include <algorithm>
#include <map>

namespace torchup {

InstallPlan plan_install(const Environment& environment, const std::vector<InstalledPackage>& wanted) {
  std::map<PackageName, InstalledPackage> before;
  if (environment.current) {
    for (const InstalledPackage& package : environment.current->packages) before.emplace(package.name, package);
  }
  InstallPlan plan;
  for (const InstalledPackage& package : wanted) {
    const auto had = before.find(package.name);
    if (had == before.end()) {
      plan.add.push_back(package);
    } else if (had->second.wheel_sha256 == package.wheel_sha256) {
      plan.keep.push_back(package);
    } else {
      plan.replace.push_back({had->second, package});
    }
    if (had != before.end()) before.erase(had);
  }
  for (auto& [name, package] : before) plan.remove.push_back(std::move(package));  // the map has them sorted
  const auto by_name = [](const InstalledPackage& a, const InstalledPackage& b) { return a.name < b.name; };
  std::sort(plan.add.begin(), plan.add.end(), by_name);
  std::sort(plan.keep.begin(), plan.keep.end(), by_name);
  std::sort(plan.replace.begin(), plan.replace.end(),
            [&](const Replacement& a, const Replacement& b) { return by_name(a.after, b.after); });
  return plan;
}

}  // namespace torchup
