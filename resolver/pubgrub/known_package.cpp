#include "resolver/pubgrub/known_package.hpp"

#include <algorithm>
#include <span>
#include <tuple>

namespace torchup::pubgrub {
namespace {

// Ascending, no version twice: of one that is told twice, the telling that can be used counts.
void put_in_order(std::vector<Candidate>& candidates) {
  std::stable_sort(candidates.begin(), candidates.end(), [](const Candidate& a, const Candidate& b) {
    if (a.version != b.version) return a.version < b.version;
    return std::tuple(a.yanked, !a.unusable.empty()) < std::tuple(b.yanked, !b.unusable.empty());
  });
  const auto same = [](const Candidate& a, const Candidate& b) { return a.version == b.version; };
  candidates.erase(std::unique(candidates.begin(), candidates.end(), same), candidates.end());
}

}  // namespace

void KnownPackage::answer_versions(std::vector<Candidate> candidates) {
  if (m_answered) return;
  m_answered = true;
  const auto is_disorder = [](const Candidate& a, const Candidate& b) { return !(a.version < b.version); };
  if (std::adjacent_find(candidates.begin(), candidates.end(), is_disorder) != candidates.end()) put_in_order(candidates);
  m_candidates.reserve(candidates.size());
  for (const Candidate& one : candidates) m_candidates.push_back({one.version, keep_words(one), one.yanked, one.has_sdist});
  rank();
}

std::uint32_t KnownPackage::keep_words(const Candidate& candidate) {
  if (candidate.unusable.empty() && candidate.elsewhere.empty()) return 0;
  Words words{candidate.unusable, candidate.elsewhere};
  auto& said = rare().words;
  if (said.empty() || words != said.back()) said.push_back(std::move(words));
  return static_cast<std::uint32_t>(said.size());
}

const KnownPackage::Words& KnownPackage::words(const KnownCandidate& candidate) const {
  static const Words none;
  return candidate.words == 0 ? none : m_rare->words[candidate.words - 1];
}

void KnownPackage::answer_metadata(const Version& version, KnownMetadata metadata) {
  const auto at = std::partition_point(m_metadata.begin(), m_metadata.end(), [&](const auto& known) { return known.first < version; });
  if (at == m_metadata.end() || at->first != version) m_metadata.emplace(at, version, std::move(metadata));
}

void KnownPackage::answer_unusable(const Version& version, std::string why) {
  if (metadata(version) == nullptr) rare().refused.try_emplace(version, std::move(why));
}

const KnownMetadata* KnownPackage::metadata(const Version& version) const {
  const auto at = std::partition_point(m_metadata.begin(), m_metadata.end(), [&](const auto& known) { return known.first < version; });
  return at == m_metadata.end() || at->first != version ? nullptr : &at->second;
}

void KnownPackage::rank() {
  Order order;
  auto& [ranked, tiers] = order;
  ranked.reserve(m_candidates.size());
  for (std::uint32_t i = 0; i < m_candidates.size(); ++i) {
    if (!is_refused_for_good(m_candidates[i])) ranked.push_back(i);
  }
  if (m_first == FirstTried::newest) std::reverse(ranked.begin(), ranked.end());
  // Where pre-releases are not asked for, they come after every final release (PEP 440, "Handling of pre-releases").
  const Version* preferred = m_rare && m_rare->preferred ? &*m_rare->preferred : nullptr;
  const auto kind = [&](std::uint32_t i) {
    const KnownCandidate& candidate = m_candidates[i];
    const bool late = candidate.version.is_prerelease() && m_prereleases != PrereleasePolicy::allow;
    return std::tuple(!(preferred != nullptr && *preferred == candidate.version), candidate.yanked, late);
  };
  std::stable_sort(ranked.begin(), ranked.end(), [&](std::uint32_t a, std::uint32_t b) { return kind(a) < kind(b); });
  for (std::uint32_t at = 0; at < ranked.size(); ++at) {
    if (at == 0 || kind(ranked[at - 1]) != kind(ranked[at])) tiers.push_back({at, at});
    tiers.back().end = at + 1;
  }
  const bool is_plain = tiers.size() == 1 && ranked.size() == m_candidates.size();
  if (!m_candidates.empty() && !is_plain) m_order = std::make_unique<const Order>(std::move(order));
}

std::size_t KnownPackage::ranked(std::size_t at) const {
  if (m_order) return m_order->ranked[at];
  return m_first == FirstTried::newest ? m_candidates.size() - 1 - at : at;
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
  const Tier whole{0, static_cast<std::uint32_t>(m_candidates.size())};
  for (const Tier& tier : m_order ? std::span<const Tier>(m_order->tiers) : std::span<const Tier>(&whole, 1)) {
    std::size_t at = tier.first;
    for (std::size_t n = 0; n < ranges.size() && at != tier.end; ++n) {
      const auto& range = newest_first ? ranges[ranges.size() - 1 - n] : ranges[n];
      const auto is_below = [&](std::size_t place, const VersionBound& bound) {
        return VersionBound{VersionBound::Place::at, m_candidates[ranked(place)].version} < bound;
      };
      const auto comes_before = [&](std::size_t place) { return newest_first ? !is_below(place, range.high) : is_below(place, range.low); };
      const auto is_inside = [&](std::size_t place) { return newest_first ? !is_below(place, range.low) : is_below(place, range.high); };
      for (std::size_t end = tier.end; at != end;) {  // by halving
        const std::size_t middle = at + (end - at) / 2;
        comes_before(middle) ? at = middle + 1 : end = middle;
      }
      for (; at != tier.end && is_inside(at); ++at) {
        if (may_be_chosen(ranked(at)) && !visit(ranked(at))) return;
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

std::size_t KnownPackage::number_of(const Version& version) const {
  const auto at = std::lower_bound(m_candidates.begin(), m_candidates.end(), version,
                                   [](const KnownCandidate& candidate, const Version& wanted) { return candidate.version < wanted; });
  return static_cast<std::size_t>(at - m_candidates.begin());
}

VersionSet KnownPackage::surroundings(const Version& version) const {
  const std::size_t here = number_of(version);
  VersionBound low{VersionBound::Place::before_all};
  VersionBound high{VersionBound::Place::after_all};
  for (std::size_t i = here; i-- > 0;) {
    if (!may_be_chosen(i)) continue;
    low = {VersionBound::Place::at, m_candidates[i].version, true};
    break;
  }
  for (std::size_t i = here; i < m_candidates.size(); ++i) {
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
