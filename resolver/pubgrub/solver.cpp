#include "torchup/resolver/solver.hpp"

#include "torchup/resolver/overrides.hpp"

#include "resolver/pubgrub/explain.hpp"
#include "resolver/pubgrub/search.hpp"

namespace torchup {

struct Solver::State {
  explicit State(SolverRequest asked)
      : request(with_overrides(std::move(asked))), universe(request), search(std::in_place, request, universe) {}

  static SolverRequest with_overrides(SolverRequest asked) {
    asked.requirements = overridden(std::move(asked.requirements), asked.overrides);
    return asked;
  }

  SolverRequest request;
  pubgrub::Universe universe;
  std::optional<pubgrub::Search> search;  // refers to both above
  std::optional<Question> end;            // once it is solved or known to be unsolvable
};

Solver::Solver(SolverRequest request) : m_state(std::make_unique<State>(std::move(request))) {}
Solver::~Solver() = default;
Solver::Solver(Solver&&) noexcept = default;
Solver& Solver::operator=(Solver&&) noexcept = default;

Question Solver::advance() {
  State& state = *m_state;
  while (!state.end) {
    pubgrub::SearchResult result = state.search->advance();
    if (auto* versions = std::get_if<NeedVersions>(&result)) return std::move(*versions);
    if (auto* metadata = std::get_if<NeedMetadata>(&result)) return std::move(*metadata);
    if (auto* solved = std::get_if<Solved>(&result)) {
      return std::move(*solved);  // which the search can tell again
    } else if (const auto* gave_up = std::get_if<pubgrub::GaveUp>(&result)) {
      state.end = Unsolvable{pubgrub::explain_giving_up(*state.search, gave_up->steps)};
    } else if (state.universe.admit_noted_yanked()) {
      // A dependency pins a version that was left out as yanked. What was concluded without it does not hold with it.
      state.search.emplace(state.request, state.universe);
    } else {
      state.end = Unsolvable{pubgrub::explain(*state.search, std::get<pubgrub::NoSolution>(result).root)};
    }
  }
  return *state.end;
}

void Solver::answer_versions(const PackageName& name, std::vector<Candidate> candidates) {
  m_state->universe.project(name).second.answer_versions(std::move(candidates));
}

void Solver::answer_metadata(const PackageName& name, const Version& version, PackageMetadata metadata) {
  metadata.requires_dist = overridden(std::move(metadata.requires_dist), m_state->request.overrides);
  m_state->universe.answer_metadata(name, version, metadata);
}

void Solver::answer_unusable(const PackageName& name, const Version& version, std::string why) {
  m_state->universe.project(name).second.answer_unusable(version, std::move(why));
}

Effort Solver::effort() const { return m_state->search->effort(); }

std::vector<PackageName> Solver::foreseen() const { return m_state->search->foreseen(); }

std::vector<Version> Solver::likely_versions(const PackageName& name, const VersionSet& within, std::size_t most) const {
  const pubgrub::Project* known = m_state->universe.find(name);
  if (known == nullptr) return {};
  return known->second.best_first(m_state->search->allowed(name).intersection(within), most);
}

}  // namespace torchup
