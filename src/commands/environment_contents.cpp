#include "src/commands/environment_contents.hpp"

#include "src/install/distribution_folder.hpp"

#include <map>
#include <system_error>

namespace torchup {
namespace {

Result<std::map<PackageName, Version>> on_disk(const std::filesystem::path& site_packages) {
  TORCHUP_TRY_ASSIGN(const std::vector<DistributionFolder> folders, distribution_folders(site_packages));
  std::map<PackageName, Version> found;
  for (const DistributionFolder& folder : folders) found.emplace(folder.name, folder.version);
  return found;
}

}  // namespace

Result<std::vector<HeldPackage>> held_by_environment(const Generation& generation) {
  TORCHUP_TRY_ASSIGN(auto found, on_disk(generation.site_packages));
  std::map<PackageName, HeldPackage> held;
  for (const InstalledPackage& package : generation.packages) {
    const auto folder = found.find(package.name);
    if (folder == found.end()) continue;
    if (folder->second != package.version) continue;
    held.emplace(package.name, HeldPackage{.name = package.name,
                                           .version = package.version,
                                           .condition = {},
                                           .wheels = {{package.wheel, package.wheel_sha256}},
                                           .bytes = package.bytes});
    found.erase(folder);
  }
  for (const auto& [name, version] : found) held.emplace(name, HeldPackage{.name = name, .version = version});
  std::vector<HeldPackage> packages;
  for (auto& [name, package] : held) packages.push_back(std::move(package));
  return packages;
}

}  // namespace torchup
