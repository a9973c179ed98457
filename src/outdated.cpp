#include "src/outdated.hpp"

#include "src/index/core_metadata.hpp"
#include "src/index/index_client.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>

namespace torchup {
namespace {

using Offers = std::vector<OfferedVersion>;

class AgeFinder {
 public:
  AgeFinder(const Ports& ports, const LockWish& wish, const Locked& today)
      : m_wish(wish),
        m_today(today),
        m_rules(identified({SupportedTags(today.target.tags), today.target.python_version, today.target.platform, wish.exclude_newer, {}})),
        m_client({.cache = ports.cache / "index", .offline = ports.offline ? Offline::yes : Offline::no}, ports.transport,
                 ports.cancellation, ports.diagnostics) {
    for (const auto& package : today.lock.packages) m_packages.emplace(package.name, &package);
  }

  Result<std::vector<PackageAge>> run(const std::vector<HeldVersion>& held) {
    for (const auto& one : held) {
      if (const auto index = index_of(one)) m_client.want_page(*index, one.name);
    }
    std::vector<PackageAge> ages;
    for (const auto& one : held) {
      TORCHUP_TRY_ASSIGN(PackageAge age, age_of(one));
      ages.push_back(std::move(age));
    }
    return ages;
  }

 private:
  std::optional<Url> index_of(const HeldVersion& held) const {
    const auto at = m_packages.find(held.name);
    return at == m_packages.end() ? held.index : at->second->index;
  }

  /// A page that does not come is no answer for its package, and none for the others.
  Result<const Offers*> offers(const Url& index, const PackageName& name) {
    const auto* found = m_client.offers(index, name, m_rules);
    while (found == nullptr && !m_client.idle()) {
      TORCHUP_TRY(m_client.drive());
      found = m_client.offers(index, name, m_rules);
    }
    return found != nullptr && *found ? &**found : nullptr;
  }

  Result<PackageAge> age_of(const HeldVersion& held) {
    PackageAge age{held.name, held.version, std::nullopt, std::nullopt, {}};
    if (const auto at = m_packages.find(held.name); at != m_packages.end()) age.compatible = at->second->version;
    const auto index = index_of(held);
    if (!index) return age;
    TORCHUP_TRY_ASSIGN(const Offers* found, offers(*index, held.name));
    if (found == nullptr) return age;
    const OfferedVersion* newest = nullptr;
    for (const auto& offered : *found) {
      const bool counts = !offered.candidate.version.is_prerelease() && !offered.candidate.yanked;
      if (counts && (newest == nullptr || newest->candidate.version < offered.candidate.version)) newest = &offered;
    }
    if (newest == nullptr) return age;
    age.newest = newest->candidate.version;
    if (!age.compatible || *age.compatible >= *age.newest) return age;
    if (!newest->candidate.unusable.empty()) {
      age.why.push_back(newest->candidate.unusable);
      return age;
    }
    TORCHUP_TRY_ASSIGN(age.why, who_holds(held.name, *index, *age.newest));
    return age;
  }

  /// Those who ask for other versions: the user, the choice of a variant, packages.
  Result<std::vector<std::string>> who_holds(const PackageName& name, const Url& index, const Version& newest) {
    std::vector<std::string> why;
    const auto refuses = [&](const Requirement& requirement, const MarkerEnvironment& environment) {
      const bool applies = !requirement.marker || requirement.marker->evaluate(environment);
      return requirement.name == name && applies && !requirement.specifiers.contains(newest);
    };
    for (const auto* asked : {&m_wish.list.requirements, &m_wish.list.constraints, &m_wish.list.overrides}) {
      for (const auto& requirement : *asked) {
        if (refuses(requirement, m_today.target.markers)) why.push_back(fmt::format("asked for as {}", requirement.text()));
      }
    }
    for (const auto& [other, package] : m_packages) {
      if (!package->index) continue;
      TORCHUP_TRY_ASSIGN(const auto needs, needs_of(other, *package->index, package->version));
      for (const auto& requirement : needs) {
        if (!refuses(requirement, m_today.target.markers)) continue;
        why.push_back(fmt::format("{} {} needs {}{}", other.text(), package->version.text(), name.text(), requirement.specifiers.text()));
      }
    }
    TORCHUP_TRY_ASSIGN(const auto own, needs_of(name, index, newest));
    for (const auto& requirement : own) {
      const auto at = m_packages.find(requirement.name);
      const bool applies = !requirement.marker || requirement.marker->evaluate(m_today.target.markers);
      if (at == m_packages.end() || !applies || requirement.specifiers.contains(at->second->version)) continue;
      why.push_back(fmt::format("{} needs {}{}", newest.text(), requirement.name.text(), requirement.specifiers.text()));
    }
    if (why.empty() && name.text() == "torch" && m_today.choice) why.push_back(m_today.choice->summary);
    if (why.empty()) why.push_back("it does not go together with the rest");
    return why;
  }

  /// What the wheel of a version says; of a chosen one, the resolution has left it in the cache.
  Result<std::vector<Requirement>> needs_of(const PackageName& name, const Url& index, const Version& version) {
    std::vector<Requirement> none;
    TORCHUP_TRY_ASSIGN(const Offers* found, offers(index, name));
    if (found == nullptr) return none;
    const auto at = std::find_if(found->begin(), found->end(), [&](const auto& one) { return one.candidate.version == version; });
    if (at == found->end() || !at->wheel) return none;
    m_client.want_metadata(*at->wheel);
    while (m_client.metadata(*at->wheel) == nullptr && !m_client.idle()) TORCHUP_TRY(m_client.drive());
    const auto* raw = m_client.metadata(*at->wheel);
    if (raw == nullptr || !*raw) return none;
    auto metadata = parse_core_metadata((*raw)->text, name, version);
    return metadata ? std::move(metadata->requires_dist) : none;
  }

  const LockWish& m_wish;
  const Locked& m_today;
  IdentifiedRules m_rules;
  IndexClient m_client;
  std::map<PackageName, const LockedPackage*> m_packages;
};

}  // namespace

Result<std::variant<std::vector<PackageAge>, Explanation>> find_outdated(const Ports& ports, const LockWish& wish,
                                                                         const std::vector<HeldVersion>& held) {
  using Answer = std::variant<std::vector<PackageAge>, Explanation>;
  TORCHUP_TRY_ASSIGN(LockOutcome outcome, make_lock(ports, wish));
  if (auto* explanation = std::get_if<Explanation>(&outcome)) return Answer(std::move(*explanation));
  TORCHUP_TRY_ASSIGN(auto ages, AgeFinder(ports, wish, std::get<Locked>(outcome)).run(held));
  return Answer(std::move(ages));
}

}  // namespace torchup
