#pragma once
// One search for a solution: PubGrub's loop of propagation, conflict resolution and decision, cut where something must be
// asked. README.md beside it tells the algorithm; each of its steps is a file of that name.

#include "resolver/pubgrub/dependency.hpp"
#include "resolver/pubgrub/fact_table.hpp"
#include "resolver/pubgrub/incompatibility.hpp"
#include "resolver/pubgrub/package_table.hpp"
#include "resolver/pubgrub/partial_solution.hpp"
#include "resolver/pubgrub/priorities.hpp"
#include "resolver/pubgrub/universe.hpp"

#include <map>
#include <optional>
#include <set>
#include <unordered_set>
#include <utility>
#include <variant>
#include <vector>

namespace torchup::pubgrub {

struct NoSolution {
  IncompatibilityId root;
};  ///< The incompatibility that nothing can avoid.
struct GaveUp {
  std::size_t steps;
};

using SearchResult = std::variant<NeedVersions, NeedMetadata, Solved, NoSolution, GaveUp>;

class Search {
 public:
  /// Both must outlive it.
  Search(const SolverRequest& request, Universe& universe);

  SearchResult advance();

  const Effort& effort() const { return m_effort; }
  const Priorities& priorities() const { return m_priorities; }
  std::vector<PackageName> foreseen() const;
  VersionSet allowed(const PackageName& name) const;  ///< Versions of the project that the search has not excluded.

  const IncompatibilityStore& store() const { return m_store; }
  /// The specifiers as written that no version matches; nothing where they are not of that kind.
  const std::string* unmatchable(const Depends& fact) const {
    return fact.unmatchable == 0 ? nullptr : &m_unmatchable[fact.unmatchable - 1];
  }
  const PackageTable& packages() const { return m_packages; }
  const Universe& universe() const { return m_universe; }
  const SolverRequest& request() const { return m_request; }

 private:
  // dependencies.cpp: facts from outside
  void add_constraints();
  void add_dependencies(PackageId package, const VersionSet& versions, const std::vector<const Dependency*>& dependencies);
  void add_dependency(PackageId package, const VersionSet& versions, PackageId dependency, const VersionSet& wanted,
                      const std::string& unmatchable);
  IncompatibilityId add_fact(Incompatibility incompatibility);
  IncompatibilityId remember(Incompatibility incompatibility);
  void listen(IncompatibilityId id);
  void stop_listening(IncompatibilityId id);
  bool couple_extras();
  void look_at_touched();
  void put_in_order(PackageId package);

  // propagate.cpp
  std::optional<IncompatibilityId> propagate();
  std::optional<IncompatibilityId> propagate_package(PackageId package);
  void mark_changed(PackageId package);
  void forget_changed();
  void go_back_to(std::uint32_t level);

  // resolve_conflict.cpp
  struct Learned {
    PackageId package = k_root;
    IncompatibilityId id = 0;
    bool final = false;                          // no assignment avoids it
    std::optional<PackageId> decide_later = {};  // it won too often
  };
  Learned resolve_conflict(IncompatibilityId conflict);
  IncompatibilityId combine(IncompatibilityId first, IncompatibilityId second, PackageId package);

  // decide.cpp
  std::optional<SearchResult> decide(PackageId package);
  std::optional<SearchResult> decide_project(PackageId package);
  void decide_extra(PackageId package);
  void decide_version(PackageId package, const Version& version);
  bool expand(PackageId package, const Version& version);
  std::optional<PackageId> opponent_of_new_facts(PackageId package, const Version& version, std::size_t first_new) const;
  void record_conflict(PackageId loser, PackageId winner);
  void decide_later(PackageId winner);

  // solution.cpp
  Solved solution();
  Solved pins() const;

  bool exhausted() const;
  bool has_asked(PackageId package) const { return package < m_asked.size() && m_asked[package]; }

  const SolverRequest& m_request;
  Universe& m_universe;
  MarkerEnvironment m_environment;  // of the target, without extras
  PackageTable m_packages;
  IncompatibilityStore m_store;
  std::vector<std::vector<IncompatibilityId>> m_listening;  // by package: incompatibilities that have a term of it
  FactTable m_dependencies{m_store};
  std::vector<std::string> m_unmatchable;
  std::unordered_set<std::uint64_t> m_expanded;  // by package and candidate: whose dependencies are in the store
  PartialSolution m_solution;
  std::vector<PackageId> m_changed;                  // whose incompatibilities are to be looked at, the next one last
  std::vector<bool> m_is_changed;                    // by package
  std::vector<bool> m_asked;                         // by package: projects whose versions were asked for
  std::vector<PackageId> m_loose_extras;             // that may have lost versions which their projects have still
  std::vector<bool> m_settled;                       // by incompatibility: contradicted at the moment
  std::vector<IncompatibilityId> m_settled_in_turn;  // those that are, in the order in which they came to be
  std::vector<std::size_t> m_settled_before;         // by level: how many were so when it was opened
  Priorities m_priorities;
  Effort m_effort;
};

}  // namespace torchup::pubgrub
