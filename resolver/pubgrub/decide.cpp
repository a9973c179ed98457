// Decisions: the next package, the version of it that is tried first, and what that version depends on.
#include "resolver/pubgrub/search.hpp"

#include <algorithm>

namespace torchup::pubgrub {

std::optional<SearchResult> Search::decide(PackageId package) {
  if (!m_packages.is_extra(package)) return decide_project(package);
  decide_extra(package);
  return std::nullopt;
}

std::optional<SearchResult> Search::decide_project(PackageId package) {
  const PackageName& name = m_packages.name(package);
  const KnownPackage& known = m_packages.known(package);
  if (package >= m_asked.size()) m_asked.resize(package + 1U);
  m_asked[package] = true;
  if (!known.answered()) return NeedVersions{name};

  const VersionSet& allowed = m_solution.known(package).set;
  if (known.candidates().empty()) {
    add_fact({{{package, chosen_from(VersionSet::all())}}, Unknown{package}});
    mark_changed(package);
    return std::nullopt;
  }
  const KnownCandidate* candidate = known.best(allowed);
  if (candidate == nullptr) {
    add_fact({{{package, chosen_from(allowed)}}, NoVersions{package, allowed}});
    mark_changed(package);
    return std::nullopt;
  }
  const KnownMetadata* metadata = known.metadata(candidate->version);
  if (metadata == nullptr) return NeedMetadata{name, candidate->version};

  const std::size_t first_new = m_store.size();
  const Version version = candidate->version;
  if (expand(package, version)) {
    add_dependencies(package, known.surroundings(version), holding(metadata->dependencies, m_environment));
  }
  if (const auto opponent = opponent_of_new_facts(package, version, first_new)) {
    // Propagation will take the version away; deciding it first would only have to be undone.
    mark_changed(package);
    record_conflict(package, *opponent);
    return std::nullopt;
  }
  decide_version(package, version);
  return std::nullopt;
}

void Search::decide_extra(PackageId package) {
  const PackageId project = m_packages.project_of(package);
  const Version version = *m_solution.decision(project);
  const KnownPackage& known = m_packages.known(package);
  const std::size_t first_new = m_store.size();
  if (expand(package, version)) {
    const KnownMetadata& metadata = *known.metadata(version);  // known since the project was decided
    add_dependencies(package, known.surroundings(version), added_by(m_packages.extra_name(package), metadata.dependencies, m_environment));
  }
  if (const auto opponent = opponent_of_new_facts(package, version, first_new)) {
    mark_changed(package);
    record_conflict(project, *opponent);
    return;
  }
  decide_version(package, version);
}

/// Whether it was not yet.
bool Search::expand(PackageId package, const Version& version) {
  return m_expanded.insert(std::uint64_t{package} << 32 | m_packages.known(package).number_of(version)).second;
}

void Search::decide_version(PackageId package, const Version& version) {
  ++m_effort.decisions;
  m_solution.decide(package, version);
  mark_changed(package);
}

// The package whose state a dependency just added cannot live with; the package itself where nothing else is in it.
std::optional<PackageId> Search::opponent_of_new_facts(PackageId package, const Version& version, std::size_t first_new) const {
  for (std::size_t id = first_new; id < m_store.size(); ++id) {
    PackageId opponent = package;
    bool comes_true = true;
    for (const auto& [other, term] : m_store[id].terms) {
      if (other == package) {
        comes_true = comes_true && term.positive() == term.set.contains(version);
        continue;
      }
      opponent = other;
      comes_true = comes_true && relation(m_solution.known(other), term) == Relation::satisfied;
    }
    if (comes_true) return opponent;
  }
  return std::nullopt;
}

void Search::record_conflict(PackageId loser, PackageId winner) {
  ++m_effort.conflicts;
  if (m_priorities.record_conflict(m_packages.project_of(loser), m_packages.project_of(winner))) decide_later(winner);
}

// Where two packages met too often, the one that keeps losing is decided first from now on: all versions of it may be at
// odds with the one version of the other that happened to be decided before (boto3 against urllib3).
void Search::decide_later(PackageId winner) {
  if (!m_solution.is_decided(winner)) return;
  go_back_to(m_solution.level_of(winner) - 1);
  for (const PackageId package : m_solution.spoken_of()) mark_changed(package);
}

bool Search::exhausted() const {
  constexpr std::size_t k_most_incompatibilities = 4'000'000;  // some hundreds of bytes each
  return m_effort.steps() >= m_request.step_budget || m_store.size() >= k_most_incompatibilities;
}

}  // namespace torchup::pubgrub
