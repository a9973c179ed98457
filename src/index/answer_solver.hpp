#pragma once
// Answers a solver's questions from the index client and asks ahead for what the next ones will be. It never waits by itself, so
// that several can share a client. Private to resolve_on_index.cpp and its tests.

#include "torchup/resolver/version_set.hpp"

#include "src/index/core_metadata.hpp"
#include "src/index/kept_resolution.hpp"
#include "src/index/offered_versions.hpp"
#include "src/index/resolve_on_index.hpp"

#include <map>
#include <optional>
#include <set>
#include <utility>
#include <vector>

namespace torchup {

class SolverAnswers {
 public:
  /// All references must outlive it. `markers` is the solver's own environment.
  SolverAnswers(Solver& solver, IndexClient& client, const PackageIndexes& indexes, const IdentifiedRules& rules,
                const MarkerEnvironment& markers, const RepairTable& repairs, const MetadataBuilder& build);

  using End = std::variant<Solved, Unsolvable>;

  /// Asks until the solver is done. Nothing where it needs what is on its way: call again once the client was driven.
  Result<std::optional<End>> step();

  /// What the index offers as that version, once its page was asked for; nullptr where it does not.
  const OfferedVersion* offered(const PackageName& name, const Version& version) const;

  /// The pages that the solver was told of; nothing where it was told anything that those pages do not vouch for: of a file without a
  /// hash, of one that failed a check, of a build, or by a page that is not kept.
  std::optional<std::vector<PageStamp>> pages() const;

  /// The projects seen that are not simply active.
  std::vector<std::pair<PackageName, ProjectStatus>> statuses() const;

  /// The METADATA that was answered for that version; nullptr where none was.
  const WheelMetadata* metadata(const PackageName& name, const Version& version) const;

  /// What the METADATA of that version was repaired by.
  std::vector<const Repair*> repairs(const PackageName& name, const Version& version) const;

  /// Every repair that was made, whatever was chosen in the end; without doubles, in no order.
  std::set<const Repair*> all_repairs() const;

  /// Looks into requirements before the solver asks for what they name.
  void foresee(const std::vector<Requirement>& requirements, const std::set<std::string, std::less<>>& extras);

 private:
  struct Known {
    const std::vector<OfferedVersion>* offered = nullptr;   ///< The client's, ascending; none until the solver was told.
    std::map<Version, const WheelMetadata*> metadata = {};  ///< The client's, as published.
    std::map<Version, std::vector<const Repair*>> repairs = {};
    std::set<Version> awaited = {};           ///< METADATA that was asked for.
    std::set<Version> settled = {};           ///< METADATA answered, or told to be unusable.
    VersionSet expected = VersionSet::all();  ///< What requirements seen so far would allow.
    std::set<std::string, std::less<>> extras = {};
    std::set<Version> asked = {};  ///< Versions whose METADATA the solver itself has asked for.
  };

  void want_page(const PackageName& name);
  void want_metadata(const PackageName& name, const Version& version);
  Status want(const NeedVersions& question);
  Status want(const NeedMetadata& question);
  bool is_answered(const Question& question) const;
  Result<bool> build(const Question& question);
  void look_ahead();
  void look_ahead(const PackageName& name, Known& known);
  void take_arrivals();
  void take(const std::string& key);
  bool take_page(const PackageName& name, Known& known);
  bool take_metadata(const PackageName& name, const Version& version);
  void settle(const PackageName& name, Known& known, const Version& version, const Result<WheelMetadata>& parsed);

  Solver& m_solver;
  IndexClient& m_client;
  const PackageIndexes& m_indexes;
  const IdentifiedRules& m_rules;
  MarkerEnvironment m_markers;
  const RepairTable& m_repairs;
  const MetadataBuilder& m_build;
  std::map<PackageName, Known> m_known;
  bool m_vouched_for = true;                                                       // by pages alone, until something else was told
  std::optional<Question> m_question;                                              // that the solver waits for
  bool m_looked_ahead = false;                                                     // since it asked
  std::multimap<std::string, PackageName> m_awaited_pages;                         // by the client's keys
  std::multimap<std::string, std::pair<PackageName, Version>> m_awaited_metadata;  // the same; of one hash there may be several
  std::vector<std::string> m_there;                                                // keys of what was there already when it was wanted
  std::size_t m_arrived = 0;         // how much of what the client has as arrived was looked at
  std::set<PackageName> m_narrowed;  // of which less is expected than when it was looked at last
};

}  // namespace torchup
