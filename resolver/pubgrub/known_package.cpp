#include "resolver/pubgrub/known_package.hpp"

#include <algorithm>
#include <numeric>
#include <tuple>

namespace torchup::pubgrub {

void KnownPackage::answer_versions(std::vector<Candidate> candidates) {
  if (m_answered) return;
  m_answered = true;
  m_candidates = std::move(candidates);
  // Of a version that is told twice, the telling that can be used counts.
  std::stable_sort(m_candidates.begin(), m_candidates.end(), [](const Candidate& a, const Candidate& b) {
    if (a.version != b.version) return a.version < b.version;
    return std::tuple(a.yanked, !a.unusable.empty()) < std::tuple(b.yanked, !b.unusable.empty());
  });
  const auto same = [](const Candidate& a, const Candidate& b) { return a.version == b.version; };
  m_candidates.erase(std::unique(m_candidates.begin(), m_candidates.end(), same), m_candidates.end());
  rank();
}

void KnownPackage::answer_metadata(const Version& version, PackageMetadata metadata) {
  m_metadata.try_emplace(version, std::move(metadata));
}

void KnownPackage::answer_unusable(const Version& version, std::string why) {
  if (!m_metadata.contains(version)) m_refused.try_emplace(version, std::move(why));
}

const PackageMetadata* KnownPackage::metadata(const Version& version) const {
  const auto found = m_metadata.find(version);
  return found == m_metadata.end() ? nullptr : &found->second;
}

void KnownPackage::rank() {
  m_ranked.resize(m_candidates.size());
  if (m_first == FirstTried::newest)
    std::iota(m_ranked.rbegin(), m_ranked.rend(), 0U);
  else
    std::iota(m_ranked.begin(), m_ranked.end(), 0U);
  // Where pre-releases are not asked for, they come after every final release (PEP 440, "Handling of pre-releases").
  const auto place = [&](std::size_t i) {
    const Candidate& candidate = m_candidates[i];
    const bool late = candidate.version.is_prerelease() && m_prereleases != PrereleasePolicy::allow;
    return std::tuple(!(m_preferred && *m_preferred == candidate.version), candidate.yanked, late);
  };
  std::stable_sort(m_ranked.begin(), m_ranked.end(), [&](std::size_t a, std::size_t b) { return place(a) < place(b); });
}

std::optional<std::string> KnownPackage::objection(const Candidate& candidate) const {
  if (const auto refused = m_refused.find(candidate.version); refused != m_refused.end()) return refused->second;
  const bool names_the_yank = candidate.unusable.starts_with("yanked");
  if (!candidate.unusable.empty() && !(candidate.yanked && names_the_yank)) return candidate.unusable;
  if (candidate.yanked && !m_admitted.contains(candidate.version)) return names_the_yank ? candidate.unusable : "yanked";
  if (m_prereleases == PrereleasePolicy::never && candidate.version.is_prerelease()) return "a pre-release";
  return std::nullopt;
}

const Candidate* KnownPackage::best(const VersionSet& allowed) const {
  for (const std::size_t i : m_ranked) {
    if (allowed.contains(m_candidates[i].version) && may_be_chosen(i)) return &m_candidates[i];
  }
  return nullptr;
}

std::vector<Version> KnownPackage::best_first(const VersionSet& allowed, std::size_t most) const {
  std::vector<Version> versions;
  for (const std::size_t i : m_ranked) {
    if (versions.size() >= most) break;
    if (allowed.contains(m_candidates[i].version) && may_be_chosen(i)) versions.push_back(m_candidates[i].version);
  }
  return versions;
}

VersionSet KnownPackage::surroundings(const Version& version) const {
  const auto here = std::lower_bound(m_candidates.begin(), m_candidates.end(), version,
                                     [](const Candidate& candidate, const Version& wanted) { return candidate.version < wanted; });
  VersionBound low{VersionBound::Place::before_all};
  VersionBound high{VersionBound::Place::after_all};
  for (auto i = static_cast<std::size_t>(here - m_candidates.begin()); i-- > 0;) {
    if (!may_be_chosen(i)) continue;
    low = {VersionBound::Place::at, m_candidates[i].version, true};
    break;
  }
  for (auto i = static_cast<std::size_t>(here - m_candidates.begin()); i < m_candidates.size(); ++i) {
    if (m_candidates[i].version == version || !may_be_chosen(i)) continue;
    high = {VersionBound::Place::at, m_candidates[i].version, false};
    break;
  }
  return VersionSet::between(low, high);
}

void KnownPackage::admit_yanked(const VersionSet& pinned) { m_admitted = m_admitted.united(pinned); }

bool KnownPackage::admit_noted_yanked() {
  const bool any = std::any_of(m_candidates.begin(), m_candidates.end(), [&](const Candidate& candidate) {
    return candidate.yanked && m_noted.contains(candidate.version) && !m_admitted.contains(candidate.version);
  });
  if (any) admit_yanked(m_noted);
  return any;
}

}  // namespace torchup::pubgrub
