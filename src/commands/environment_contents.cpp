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

/// lib/python3.12/site-packages and "3.12"; the newest where there are several.
std::optional<std::pair<std::filesystem::path, std::string>> site_packages_below(const std::filesystem::path& lib) {
  constexpr std::string_view k_python = "python";
  std::optional<std::pair<Version, std::filesystem::path>> newest;
  std::error_code code;
  std::filesystem::directory_iterator entry(lib, code);
  for (; !code && entry != std::filesystem::directory_iterator(); entry.increment(code)) {
    const std::string name = entry->path().filename().string();
    if (!name.starts_with(k_python)) continue;
    const auto version = Version::parse(name.substr(k_python.size()));
    std::error_code unknown;
    if (!version || !std::filesystem::is_directory(entry->path() / "site-packages", unknown)) continue;
    if (!newest || newest->first < *version) newest = std::pair(*version, entry->path() / "site-packages");
  }
  if (!newest) return std::nullopt;
  return std::pair(newest->second, newest->first.text());
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

std::optional<Generation> environment_of_another_tool(const std::filesystem::path& root) {
  std::error_code unknown;
  const bool is_ours = std::filesystem::is_directory(root / "generations", unknown);
  const bool is_environment =
      std::filesystem::exists(root / "pyvenv.cfg", unknown) || std::filesystem::exists(root / "conda-meta", unknown);
  if (is_ours || !is_environment) return std::nullopt;
  auto found = site_packages_below(root / "lib");
  if (!found) return std::nullopt;
  const std::filesystem::path python = root / "bin" / "python";
  return Generation{.number = 0,
                    .root = root,
                    .python = python,
                    .site_packages = std::move(found->first),
                    .python_version = std::move(found->second),
                    .packages = {},
                    .python_executable = python.string()};
}

}  // namespace torchup
