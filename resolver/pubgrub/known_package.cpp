#include "resolver/pubgrub/known_package.hpp"

#include <algorithm>
#include <tuple>

namespace torchup::pubgrub {

void KnownPackage::answer_versions(std::vector<Candidate> candidates) {
  if (m_answered) return;
  m_answered = true;
  // Of a version that is told twice, the telling that can be used counts.
  std::stable_sort(candidates.begin(), candidates.end(), [](const Candidate& a, const Candidate& b) {
    if (a.version != b.version) return a.version < b.version;
    return std::tuple(a.yanked, !a.unusable.empty()) < std::tuple(b.yanked, !b.unusable.empty());
  });
  const auto same = [](const Candidate& a, const Candidate& b) { return a.version == b.version; };
  candidates.erase(std::unique(candidates.begin(), candidates.end(), same), candidates.end());
  m_candidates.reserve(candidates.size());
  for (const Candidate& one : candidates) m_candidates.push_back({one.version, keep_words(one), one.yanked, one.has_sdist});
  rank();
}

std::uint32_t KnownPackage::keep_words(const Candidate& candidate) {
  if (candidate.unusable.empty() && candidate.elsewhere.empty()) return 0;
  Words words{candidate.unusable, candidate.elsewhere};
  if (m_words.empty() || words != m_words.back()) m_words.push_back(std::move(words));
  return static_cast<std::uint32_t>(m_words.size());
}

const KnownPackage::Words& KnownPackage::words(const KnownCandidate& candidate) const {
  static const Words none;
  return candidate.words == 0 ? none : m_words[candidate.words - 1];
}

void KnownPackage::answer_metadata(const Version& version, KnownMetadata metadata) { m_metadata.try_emplace(version, std::move(metadata)); }

void KnownPackage::answer_unusable(const Version& version, std::string why) {
  if (!m_metadata.contains(version)) rare().refused.try_emplace(version, std::move(why));
}

const KnownMetadata* KnownPackage::metadata(const Version& version) const {
  const auto found = m_metadata.find(version);
  return found == m_metadata.end() ? nullptr : &found->second;
}

void KnownPackage::rank() {
  m_ranked.clear();
  m_ranked.reserve(m_candidates.size());
  for (std::uint32_t i = 0; i < m_candidates.size(); ++i) {
    if (!is_refused_for_good(m_candidates[i])) m_ranked.push_back(i);
  }
  if (m_first == FirstTried::newest) std::reverse(m_ranked.begin(), m_ranked.end());
  // Where pre-releases are not asked for, they come after every final release (PEP 440, "Handling of pre-releases").
  const auto kind = [&](std::uint32_t i) {
    const KnownCandidate& candidate = m_candidates[i];
    const bool late = candidate.version.is_prerelease() && m_prereleases != PrereleasePolicy::allow;
    return std::tuple(!(m_preferred && *m_preferred == candidate.version), candidate.yanked, late);
  };
  std::stable_sort(m_ranked.begin(), m_ranked.end(), [&](std::uint32_t a, std::uint32_t b) { return kind(a) < kind(b); });
  m_tiers.clear();
  for (std::uint32_t at = 0; at < m_ranked.size(); ++at) {
    if (at == 0 || kind(m_ranked[at - 1]) != kind(m_ranked[at])) m_tiers.push_back({at, at});
    m_tiers.back().end = at + 1;
  }
}

// Whatever else becomes known: not for a yank, which a pin may lift.
bool KnownPackage::is_refused_for_good(const KnownCandidate& candidate) const {
  if (m_prereleases == PrereleasePolicy::never && candidate.version.is_prerelease()) return true;
  return !unusable(candidate).empty() && !(candidate.yanked && unusable(candidate).starts_with("yanked"));
}

bool KnownPackage::may_be_chosen(std::size_t i) const {
  const KnownCandidate& candidate = m_candidates[i];
  if (is_refused_for_good(candidate) || (candidate.yanked && !admitted(candidate.version))) return false;
  return !m_rare || !m_rare->refused.contains(candidate.version);
}

// Calls `visit` with the place of each that may be chosen until it gives false. What is not in the set is skipped, not looked at.
template <class Visit>
void KnownPackage::visit_best_first(const VersionSet& allowed, Visit visit) const {
  const auto ranges = allowed.ranges();
  const bool newest_first = m_first == FirstTried::newest;
  for (const Tier& tier : m_tiers) {
    auto at = m_ranked.begin() + static_cast<std::ptrdiff_t>(tier.first);
    const auto end = m_ranked.begin() + static_cast<std::ptrdiff_t>(tier.end);
    for (std::size_t n = 0; n < ranges.size() && at != end; ++n) {
      const auto& range = newest_first ? ranges[ranges.size() - 1 - n] : ranges[n];
      const auto is_below = [&](std::size_t i, const VersionBound& bound) {
        return VersionBound{VersionBound::Place::at, m_candidates[i].version} < bound;
      };
      const auto comes_before = [&](std::size_t i) { return newest_first ? !is_below(i, range.high) : is_below(i, range.low); };
      const auto is_inside = [&](std::size_t i) { return newest_first ? !is_below(i, range.low) : is_below(i, range.high); };
      at = std::partition_point(at, end, comes_before);
      for (; at != end && is_inside(*at); ++at) {
        if (may_be_chosen(*at) && !visit(*at)) return;
      }
    }
  }
}

std::optional<std::string> KnownPackage::objection(const KnownCandidate& candidate) const {
  if (m_rare) {
    if (const auto refused = m_rare->refused.find(candidate.version); refused != m_rare->refused.end()) return refused->second;
  }
  const bool names_the_yank = unusable(candidate).starts_with("yanked");
  if (!unusable(candidate).empty() && !(candidate.yanked && names_the_yank)) return unusable(candidate);
  if (candidate.yanked && !admitted(candidate.version)) return names_the_yank ? unusable(candidate) : "yanked";
  if (m_prereleases == PrereleasePolicy::never && candidate.version.is_prerelease()) return "a pre-release";
  return std::nullopt;
}

const KnownCandidate* KnownPackage::best(const VersionSet& allowed) const {
  const KnownCandidate* found = nullptr;
  visit_best_first(allowed, [&](std::size_t i) {
    found = &m_candidates[i];
    return false;
  });
  return found;
}

std::size_t KnownPackage::choices(const VersionSet& allowed, std::size_t most) const {
  std::size_t count = 0;
  if (most != 0) visit_best_first(allowed, [&](std::size_t) { return ++count < most; });
  return count;
}

std::vector<Version> KnownPackage::best_first(const VersionSet& allowed, std::size_t most) const {
  std::vector<Version> versions;
  if (most == 0) return versions;
  visit_best_first(allowed, [&](std::size_t i) {
    versions.push_back(m_candidates[i].version);
    return versions.size() < most;
  });
  return versions;
}

VersionSet KnownPackage::surroundings(const Version& version) const {
  const auto here = std::lower_bound(m_candidates.begin(), m_candidates.end(), version,
                                     [](const KnownCandidate& candidate, const Version& wanted) { return candidate.version < wanted; });
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

KnownPackage::Rare& KnownPackage::rare() {
  if (!m_rare) m_rare = std::make_unique<Rare>();
  return *m_rare;
}

void KnownPackage::admit_yanked(const VersionSet& pinned) { rare().admitted = rare().admitted.united(pinned); }

bool KnownPackage::admit_noted_yanked() {
  const bool any = m_rare && std::any_of(m_candidates.begin(), m_candidates.end(), [&](const KnownCandidate& candidate) {
                     return candidate.yanked && m_rare->noted.contains(candidate.version) && !admitted(candidate.version);
                   });
  if (any) admit_yanked(m_rare->noted);
  return any;
}

}  // namespace torchup::pubgrub
