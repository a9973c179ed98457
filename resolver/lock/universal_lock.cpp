#include "torchup/resolver/universal_lock.hpp"

#include "resolver/lock/target_markers.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>
#include <tuple>

namespace torchup {
namespace {

/// What makes an entry of its own: the same version from two indexes is two builds.
using EntryKey = std::tuple<PackageName, Version, std::string, std::string>;

struct Entry {
  LockedPackage package;
  TargetSet targets;
};

EntryKey key_of(const LockedPackage& package) {
  return {package.name, package.version, package.index ? package.index->text() : "",
          package.requires_python ? package.requires_python->text() : ""};
}

template <class Value>
void add_new(std::vector<Value>& to, const std::vector<Value>& from) {
  for (const Value& value : from) {
    if (std::find(to.begin(), to.end(), value) == to.end()) to.push_back(value);
  }
}

std::map<EntryKey, Entry> entries_of(const std::vector<ResolvedTarget>& targets) {
  std::map<EntryKey, Entry> entries;
  for (std::size_t target = 0; target < targets.size(); ++target) {
    for (const LockedPackage& package : targets[target].packages) {
      const auto [at, fresh] = entries.try_emplace(key_of(package), Entry{package, {}});
      at->second.targets.insert(target);
      if (fresh) continue;
      add_new(at->second.package.wheels, package.wheels);
      add_new(at->second.package.dependencies, package.dependencies);
      if (!at->second.package.sdist) at->second.package.sdist = package.sdist;
    }
  }
  return entries;
}

/// "==3.11.*", or ">=3.10,<3.14" for 3.10 to 3.13.
Result<SpecifierSet> python_range(const std::vector<ResolvedTarget>& targets) {
  std::set<Version> pythons;  // 3.9 before 3.10
  for (const auto& target : targets) {
    TORCHUP_TRY_ASSIGN(Version python, Version::parse(target.environment.values.at("python_version")));
    pythons.insert(std::move(python));
  }
  if (pythons.size() == 1) return SpecifierSet::parse(fmt::format("=={}.*", pythons.begin()->text()));
  const auto& last = pythons.rbegin()->release();
  return SpecifierSet::parse(fmt::format(">={},<{}.{}", pythons.begin()->text(), last.at(0), last.at(1) + 1));
}

}  // namespace

std::string extra_of_variant(const std::string& variant) {
  const auto name = PackageName::parse(variant);
  return name ? name->text() : variant;
}

Result<Lockfile> universal_lock(const std::vector<ResolvedTarget>& targets) {
  TORCHUP_TRY_ASSIGN(TargetMarkers markers, TargetMarkers::of(targets));
  Lockfile lock;
  lock.environments = markers.environments();
  TORCHUP_TRY_ASSIGN(lock.requires_python, python_range(targets));
  lock.tool.variants = markers.variants();
  std::erase(lock.tool.variants, "");
  for (const auto& variant : lock.tool.variants) lock.extras.push_back(extra_of_variant(variant));
  for (auto& [key, entry] : entries_of(targets)) {
    TORCHUP_TRY_ASSIGN(entry.package.marker, markers.marker(entry.targets));
    lock.packages.push_back(std::move(entry.package));
  }
  return lock;
}

}  // namespace torchup
