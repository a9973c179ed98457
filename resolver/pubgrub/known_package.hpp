#pragma once
// What has been told of one project: its versions, which of them may be chosen and in which order, and their metadata.
// Outlives a search that starts over.

#include "torchup/resolver/solver.hpp"

#include "resolver/pubgrub/dependency.hpp"

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace torchup::pubgrub {

/// A version as the index offers it; what is said of it stands in the package.
struct KnownCandidate {
  Version version;
  std::uint32_t words = 0;  ///< Its place among what is said, from 1; 0 for nothing.
  bool yanked = false, has_sdist = false;
};

enum class FirstTried : std::uint8_t { newest, oldest };

class KnownPackage {
 public:
  explicit KnownPackage(PrereleasePolicy prereleases, std::optional<Version> preferred = {}, FirstTried first = FirstTried::newest)
      : m_prereleases(prereleases), m_first(first) {
    if (preferred) rare().preferred = std::move(preferred);
  }

  /// Where the running search has it in its table; the root's where it has not met it.
  PackageId place() const { return m_place; }
  void set_place(PackageId place) { m_place = place; }
  void forget_place() { m_place = k_root; }

  bool answered() const { return m_answered; }
  void answer_versions(std::vector<Candidate> candidates);  ///< The first answer counts.
  void answer_metadata(const Version& version, KnownMetadata metadata);
  void answer_unusable(const Version& version, std::string why);  ///< Comes too late where there is metadata already.

  const std::vector<KnownCandidate>& candidates() const { return m_candidates; }  ///< Ascending, no version twice.
  const KnownMetadata* metadata(const Version& version) const;
  std::size_t number_of(const Version& version) const;  ///< The candidate's, from 0, for as long as the package is known.

  /// Why the candidate may not be chosen; nothing where it may.
  std::optional<std::string> objection(const KnownCandidate& candidate) const;

  /// What its wheels are for where none fits (`Candidate::elsewhere`).
  const std::string& elsewhere(const KnownCandidate& candidate) const { return words(candidate).elsewhere; }

  /// The candidate that is tried first among those of the set; nothing where none may be chosen.
  const KnownCandidate* best(const VersionSet& allowed) const;

  /// How many of the set may be chosen; `most` where there are more.
  std::size_t choices(const VersionSet& allowed, std::size_t most) const;

  /// At most `most` versions of the set in the order in which they are tried.
  std::vector<Version> best_first(const VersionSet& allowed, std::size_t most) const;

  /// The version and the gaps on both sides of it up to what else may be chosen. Facts about one version are stated for
  /// this range, so that facts about neighbours join into one range.
  VersionSet surroundings(const Version& version) const;

  /// Lets yanked versions of the set be chosen (PEP 592: only an exact pin asks for them).
  void admit_yanked(const VersionSet& pinned);
  /// Notes a pin found in metadata; `admit_noted_yanked` lets the yanked versions so pinned in, and says whether there were any.
  void note_pin(const VersionSet& pinned) { rare().noted = rare().noted.united(pinned); }
  bool admit_noted_yanked();

 private:
  /// Candidates of one kind, such as final releases: a part of the order, which is tried before the next one.
  struct Tier {
    std::uint32_t first, end;
  };

  struct Order {
    std::vector<std::uint32_t> ranked;  ///< Numbers of candidates, first to be tried first, without those refused for good.
    std::vector<Tier> tiers;            ///< In each the one first that is tried first.
  };

  /// Hardly any candidate has any, or all of a kind have the same.
  struct Words {
    std::string unusable = {}, elsewhere = {};
    bool operator==(const Words&) const = default;
  };

  /// What not every package has.
  struct Rare {
    std::vector<Words> words = {};
    std::optional<Version> preferred = {};
    std::map<Version, std::string> refused = {};
    VersionSet admitted = {}, noted = {};  // yanked versions
  };

  Rare& rare();
  bool admitted(const Version& version) const { return m_rare && m_rare->admitted.contains(version); }
  std::uint32_t keep_words(const Candidate& candidate);
  const Words& words(const KnownCandidate& candidate) const;
  const std::string& unusable(const KnownCandidate& candidate) const { return words(candidate).unusable; }
  bool may_be_chosen(std::size_t i) const;
  bool is_refused_for_good(const KnownCandidate& candidate) const;
  void rank();
  std::size_t ranked(std::size_t at) const;
  template <class Visit>
  void visit_best_first(const VersionSet& allowed, Visit visit) const;

  PackageId m_place = k_root;
  PrereleasePolicy m_prereleases;
  FirstTried m_first;
  bool m_answered = false;
  std::vector<KnownCandidate> m_candidates;
  std::unique_ptr<const Order> m_order;                       // nothing where all candidates are one tier, tried one after the other
  std::vector<std::pair<Version, KnownMetadata>> m_metadata;  // sorted
  std::unique_ptr<Rare> m_rare;                               // nothing where all of it is empty
};

}  // namespace torchup::pubgrub
