#pragma once
// PubGrub as question and answer: `advance` runs until it needs to know something, the caller answers and asks again.
// No I/O inside: the network answers in src/index/answer_solver.cpp, a map answers in tests.

#include "torchup/resolver/explanation.hpp"
#include "torchup/resolver/requirement.hpp"
#include "torchup/resolver/version_set.hpp"

#include <cstddef>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace torchup {

enum class PrereleasePolicy { if_necessary, allow, never };

/// Which of a package's versions are tried first; `lowest_direct`: the lowest of what the user asked for, the highest of the rest.
enum class VersionOrder { highest, lowest, lowest_direct };

/// A version as the index offers it to this target.
struct Candidate {
  Version version;
  /// Why it cannot be chosen: "requires Python >=3.12", "no wheel for linux-x86_64", "yanked: broken"; empty where it can be.
  std::string unusable = {};
  /// Chosen only for an exact pin (PEP 592); `unusable` may then hold the reason ("yanked: broken") without counting as one.
  bool yanked = false;
  /// What its wheels are for where none fits, as `wheels_elsewhere` tells it: for a hint.
  std::string elsewhere = {};
  bool has_sdist = false;  ///< It could be built from source, were that allowed: for a hint.
};

/// What one version of a package says of itself.
struct PackageMetadata {
  std::vector<Requirement> requires_dist = {};
  std::vector<PackageName> provides_extra = {};
};

struct NeedVersions {
  PackageName name;
};
struct NeedMetadata {
  PackageName name;
  Version version;
};

/// One chosen package.
struct Pin {
  PackageName name;
  Version version;
  std::vector<PackageName> extras;        ///< Those that something asked for, sorted.
  std::vector<PackageName> dependencies;  ///< Names it pulled in under this target, sorted.
};
struct Solved {
  std::vector<Pin> pins;                ///< Sorted by name.
  std::vector<std::string> notes = {};  ///< What the user should know: "torch 2.9.0 has no extra `optree`".
};
struct Unsolvable {
  Explanation explanation;
};

using Question = std::variant<NeedVersions, NeedMetadata, Solved, Unsolvable>;

struct SolverRequest {
  std::vector<Requirement> requirements;      ///< What the user asked for.
  std::vector<Requirement> constraints = {};  ///< Narrow a package only if something asks for it.
  std::vector<Requirement> overrides = {};    ///< Take the place of every requirement of their names (overrides.hpp).
  MarkerEnvironment environment = {};         ///< The target that markers are evaluated for.
  PrereleasePolicy prereleases = PrereleasePolicy::if_necessary;
  VersionOrder order = VersionOrder::highest;
  std::map<PackageName, Version> preferences = {};  ///< Versions to keep where they still fit: an existing lock's.
  std::size_t step_budget = 1'000'000;              ///< `Effort::steps` before it gives up with that explanation.
};

/// What a search took, in steps that are the same on every machine.
struct Effort {
  std::size_t decisions = 0;     ///< Versions that were tried.
  std::size_t conflicts = 0;     ///< How often that led nowhere.
  std::size_t propagations = 0;  ///< Rules that were looked at.
  std::size_t steps() const { return decisions + conflicts; }
};

class Solver {
 public:
  explicit Solver(SolverRequest request);
  ~Solver();
  Solver(Solver&&) noexcept;
  Solver& operator=(Solver&&) noexcept;

  /// Runs until something is needed. The same question again until it is answered.
  Question advance();

  /// Answers NeedVersions, or tells before it is asked; an empty list means that the index does not know the package.
  /// In any order; the first answer for a package counts, as it does for a version's metadata.
  void answer_versions(const PackageName& name, std::vector<Candidate> candidates);

  /// Answers NeedMetadata, or tells before it is asked.
  void answer_metadata(const PackageName& name, const Version& version, PackageMetadata metadata);

  /// Answers NeedMetadata, or tells before it is asked: this version cannot be used after all, and why ("its METADATA is
  /// malformed: ..."). Too late, and ignored, where the version's metadata was told.
  void answer_unusable(const PackageName& name, const Version& version, std::string why);

  /// Up to now; of the last search where it started over to let a yanked version in.
  Effort effort() const;

  /// Packages that are sure to be asked for soon: what to fetch ahead. None before the first `advance`.
  std::vector<PackageName> foreseen() const;

  /// Versions of the package that are `within` the set, in the order in which the solver would try them now, at most
  /// `most`: what to fetch ahead.
  std::vector<Version> likely_versions(const PackageName& name, const VersionSet& within, std::size_t most) const;

 private:
  struct State;
  std::unique_ptr<State> m_state;
};

}  // namespace torchup
