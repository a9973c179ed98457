#include "resolver/lock/pylock_order.hpp"

#include <algorithm>
#include <tuple>

namespace torchup {
namespace {

void sort_names(std::vector<std::string>& names) {
  std::sort(names.begin(), names.end());
  names.erase(std::unique(names.begin(), names.end()), names.end());
}

std::string marker_text(const std::optional<Marker>& marker) { return marker ? marker->text() : std::string(); }

// 1.0 and 1.0.0 are one version in two spellings, so the text decides last.
bool package_before(const LockedPackage& a, const LockedPackage& b) {
  if (a.name != b.name) return a.name < b.name;
  if (a.version != b.version) return a.version < b.version;
  return std::tuple(a.version.text(), marker_text(a.marker)) < std::tuple(b.version.text(), marker_text(b.marker));
}

bool dependency_before(const std::pair<PackageName, Version>& a, const std::pair<PackageName, Version>& b) {
  if (a.first != b.first) return a.first < b.first;
  if (a.second != b.second) return a.second < b.second;
  return a.second.text() < b.second.text();
}

bool wheel_before(const LockedFile& a, const LockedFile& b) {
  return std::tuple(a.name, a.sha256, a.url.text()) < std::tuple(b.name, b.sha256, b.url.text());
}

bool needs_before(const VariantNeeds& a, const VariantNeeds& b) {
  return std::tie(a.variant, a.platform, a.toolkit, a.driver, a.minor_driver, a.architectures) <
         std::tie(b.variant, b.platform, b.toolkit, b.driver, b.minor_driver, b.architectures);
}

}  // namespace

Lockfile in_canonical_order(Lockfile lock) {
  const auto by_text = [](const Marker& a, const Marker& b) { return a.text() < b.text(); };
  std::sort(lock.environments.begin(), lock.environments.end(), by_text);
  for (auto* names : {&lock.extras, &lock.dependency_groups, &lock.default_groups, &lock.tool.requests, &lock.tool.variants,
                      &lock.tool.repairs, &lock.tool.computed_hashes})
    sort_names(*names);
  std::sort(lock.tool.needs.begin(), lock.tool.needs.end(), needs_before);
  std::stable_sort(lock.packages.begin(), lock.packages.end(), package_before);
  std::stable_sort(lock.kept.begin(), lock.kept.end(),
                   [](const KeptEntry& a, const KeptEntry& b) { return std::tie(a.name, a.toml) < std::tie(b.name, b.toml); });
  for (LockedPackage& package : lock.packages) {
    std::sort(package.dependencies.begin(), package.dependencies.end(), dependency_before);
    std::sort(package.wheels.begin(), package.wheels.end(), wheel_before);
  }
  return lock;
}

}  // namespace torchup
