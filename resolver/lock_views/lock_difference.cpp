#include "torchup/resolver/lock_difference.hpp"

#include "torchup/resolver/choose_wheel.hpp"
#include "torchup/resolver/dependency_tree.hpp"

#include <fmt/format.h>

#include <deque>
#include <map>
#include <set>
#include <tuple>

namespace torchup {
namespace {

std::string condition_of(const LockedPackage& package) {
  std::string text = package.marker ? package.marker->text() : "";
  if (package.requires_python && !package.requires_python->empty())
    text += fmt::format("{}Python {}", text.empty() ? "" : ", ", package.requires_python->text());
  return text;
}

HeldPackage held(const LockedPackage& package) {
  HeldPackage result{.name = package.name, .version = package.version, .condition = condition_of(package)};
  for (const LockedFile& wheel : package.wheels) result.wheels.push_back({wheel.name, wheel.sha256});
  if (package.sdist && package.wheels.empty()) result.wheels.push_back({package.sdist->name, package.sdist->sha256});
  const WheelTotals totals = wheel_totals(package);
  if (totals.without_size == 0) result.bytes = totals.bytes;
  return result;
}

std::set<Sha256> digests(const HeldPackage& package) {
  std::set<Sha256> found;
  for (const HeldWheel& wheel : package.wheels) found.insert(wheel.sha256);
  return found;
}

bool is_sdist_alone(const HeldPackage& package) { return package.wheels.size() == 1 && package.wheels.front().name.ends_with(".tar.gz"); }

/// What a lock names as an sdist stands in an environment as a wheel that was built from it.
bool may_be_built(const HeldPackage& a, const HeldPackage& b) { return is_sdist_alone(a) != is_sdist_alone(b); }

using Group = std::vector<const HeldPackage*>;

/// The entries of one name on both sides, paired off: by ever less that they have in common. Each step takes n log n, since a
/// lock may hold one name any number of times.
class NameDifference {
 public:
  NameDifference(Group before, Group after, Difference& result)
      : m_before(std::move(before)), m_after(std::move(after)), m_result(result) {}

  void run() {
    pair_by([](const HeldPackage& package) { return std::tuple(package.condition, package.version, digests(package)); });
    pair_by([](const HeldPackage& package) { return package.condition; });
    pair_by([](const HeldPackage& package) { return package.version; });
    pair_by([](const HeldPackage&) { return true; });
    for (const HeldPackage* package : m_before) m_result.removed.push_back(*package);
    for (const HeldPackage* package : m_after) m_result.added.push_back(*package);
  }

 private:
  /// Pairs what has the same key, in order and each entry once, and keeps the rest in its order.
  template <class KeyOf>
  void pair_by(KeyOf key_of) {
    std::map<decltype(key_of(*m_before.front())), std::deque<std::size_t>> places;
    for (std::size_t i = 0; i < m_after.size(); ++i) places[key_of(*m_after[i])].push_back(i);
    Group left;
    for (const HeldPackage* one : m_before) {
      const auto found = places.find(key_of(*one));
      if (found == places.end() || found->second.empty()) {
        left.push_back(one);
        continue;
      }
      const HeldPackage*& other = m_after[found->second.front()];
      note(*one, *other);
      other = nullptr;
      found->second.pop_front();
    }
    m_before = std::move(left);
    std::erase(m_after, nullptr);
  }

  void note(const HeldPackage& before, const HeldPackage& after) {
    if (before.version != after.version)
      m_result.changed.push_back({Change::version, before, after});
    else if (digests(before) != digests(after) && !may_be_built(before, after))
      m_result.changed.push_back({Change::wheels, before, after});
    else if (before.condition != after.condition)
      m_result.changed.push_back({Change::condition, before, after});
    else
      ++m_result.same;
  }

  Group m_before, m_after;
  Difference& m_result;
};

std::vector<std::string> marker_texts(const std::vector<Marker>& markers) {
  std::vector<std::string> texts;
  for (const Marker& marker : markers) texts.push_back(marker.text());
  return texts;
}

std::vector<std::string> one_or_none(std::string text) {
  if (text.empty()) return {};
  return {std::move(text)};
}

}  // namespace

std::vector<HeldPackage> held_by_lock(const Lockfile& lock) {
  std::vector<HeldPackage> packages;
  for (const LockedPackage& package : lock.packages) packages.push_back(held(package));
  return packages;
}

Result<std::vector<HeldPackage>> held_for_target(const Lockfile& lock, const Target& target) {
  TORCHUP_TRY_ASSIGN(const std::vector<LockedPackage> selected, select_packages(lock, target.markers));
  const SupportedTags supported(target.tags);
  std::vector<HeldPackage> packages;
  for (LockedPackage package : selected) {
    std::vector<std::string> names;
    for (const LockedFile& wheel : package.wheels) names.push_back(wheel.name);
    const auto place = choose_wheel(names, supported);
    if (!place && !package.sdist) {
      return failure({ErrorKind::lock,
                      fmt::format("the lock has no wheel of `{} {}` for this interpreter", package.name.text(), package.version.text()),
                      {},
                      {"lock again for this host: `torchup lock`"}});
    }
    package.wheels = place ? std::vector{package.wheels[*place]} : std::vector<LockedFile>();
    packages.push_back(held(package));
    packages.back().condition.clear();  // it was evaluated
  }
  return packages;
}

Difference difference(const std::vector<HeldPackage>& before, const std::vector<HeldPackage>& after) {
  std::map<PackageName, std::pair<Group, Group>> names;
  for (const HeldPackage& package : before) names[package.name].first.push_back(&package);
  for (const HeldPackage& package : after) names[package.name].second.push_back(&package);
  Difference result;
  for (auto& [name, groups] : names) NameDifference(std::move(groups.first), std::move(groups.second), result).run();
  return result;
}

std::vector<KeyChange> key_changes(const Lockfile& before, const Lockfile& after) {
  std::vector<KeyChange> changes;
  const auto compare = [&](const char* key, std::vector<std::string> old_texts, std::vector<std::string> new_texts) {
    if (old_texts != new_texts) changes.push_back({key, std::move(old_texts), std::move(new_texts)});
  };
  const auto python = [](const Lockfile& lock) { return one_or_none(lock.requires_python ? lock.requires_python->text() : ""); };
  compare("environments", marker_texts(before.environments), marker_texts(after.environments));
  compare("requires-python", python(before), python(after));
  compare("extras", before.extras, after.extras);
  compare("dependency-groups", before.dependency_groups, after.dependency_groups);
  compare("default-groups", before.default_groups, after.default_groups);
  compare("requests", before.tool.requests, after.tool.requests);
  compare("variant", one_or_none(before.tool.variant), one_or_none(after.tool.variant));
  return changes;
}

std::vector<std::string> replaced_files(const HeldPackage& before, const HeldPackage& after) {
  std::map<std::string, std::set<Sha256>> old_files, new_files;
  for (const HeldWheel& wheel : before.wheels) old_files[wheel.name].insert(wheel.sha256);
  for (const HeldWheel& wheel : after.wheels) new_files[wheel.name].insert(wheel.sha256);
  std::vector<std::string> names;
  for (const auto& [name, found] : old_files) {
    const auto now = new_files.find(name);
    if (now != new_files.end() && now->second != found) names.push_back(name);
  }
  return names;
}

}  // namespace torchup
