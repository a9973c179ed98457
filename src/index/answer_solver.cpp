#include "src/index/answer_solver.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace torchup {
namespace {

/// After so many refused versions of one package the next ones are fetched in batches.
constexpr std::size_t k_patience = 4;
constexpr std::size_t k_longest_batch = 50;
constexpr std::size_t k_search_width = 200;  // likely versions looked through for one that is expected

}  // namespace

SolverAnswers::SolverAnswers(Solver& solver, IndexClient& client, const PackageIndexes& indexes, const IdentifiedRules& rules,
                             const MarkerEnvironment& markers)
    : m_solver(solver), m_client(client), m_indexes(indexes), m_rules(rules), m_markers(markers) {}

Result<std::variant<Solved, Unsolvable>> SolverAnswers::run() {
  for (;;) {
    auto question = m_solver.advance();
    if (auto* solved = std::get_if<Solved>(&question)) return std::move(*solved);
    if (auto* unsolvable = std::get_if<Unsolvable>(&question)) return std::move(*unsolvable);
    const auto* versions = std::get_if<NeedVersions>(&question);
    TORCHUP_TRY(versions != nullptr ? want(*versions) : want(std::get<NeedMetadata>(question)));
    look_ahead();
    if (take_arrivals()) continue;
    if (m_client.idle()) return failure({ErrorKind::internal, "the solver asks for something that nobody fetches", {}, {}});
    TORCHUP_TRY(m_client.drive());
    take_arrivals();
  }
}

const OfferedVersion* SolverAnswers::offered(const PackageName& name, const Version& version) const {
  const auto known = m_known.find(name);
  if (known == m_known.end()) return nullptr;
  const auto& all = known->second.offered;
  const auto found = std::lower_bound(all.begin(), all.end(), version,
                                      [](const OfferedVersion& one, const Version& wanted) { return one.candidate.version < wanted; });
  return found == all.end() || found->candidate.version != version ? nullptr : &*found;
}

const WheelMetadata* SolverAnswers::metadata(const PackageName& name, const Version& version) const {
  const auto known = m_known.find(name);
  if (known == m_known.end()) return nullptr;
  const auto found = known->second.metadata.find(version);
  return found == known->second.metadata.end() ? nullptr : &found->second;
}

void SolverAnswers::want_page(const PackageName& name) {
  m_known.try_emplace(name);
  m_client.want_page(m_indexes.of(name), name);
}

void SolverAnswers::want_metadata(const PackageName& name, const Version& version) {
  Known& known = m_known[name];
  const OfferedVersion* wanted = offered(name, version);
  if (wanted == nullptr || !wanted->wheel || known.settled.contains(version)) return;
  known.awaited.insert(version);
  m_client.want_metadata(*wanted->wheel);
}

// Only what the solver itself asks for may fail the resolution: a page that was fetched ahead in vain harms nobody.
Status SolverAnswers::want(const NeedVersions& question) {
  want_page(question.name);
  const auto* offers = m_client.offers(m_indexes.of(question.name), question.name, m_rules);
  if (offers != nullptr && !*offers) return failure(offers->error());
  return {};
}

Status SolverAnswers::want(const NeedMetadata& question) {
  const OfferedVersion* wanted = offered(question.name, question.version);
  if (wanted == nullptr || !wanted->wheel) {
    m_solver.answer_unusable(question.name, question.version, "the index does not offer it");
    return {};
  }
  m_known[question.name].asked.insert(question.version);
  want_metadata(question.name, question.version);
  const auto* metadata = m_client.metadata(*wanted->wheel);
  if (metadata != nullptr && !*metadata && metadata->error().kind != ErrorKind::integrity) return failure(metadata->error());
  return {};
}

void SolverAnswers::look_ahead() {
  for (const PackageName& name : m_solver.foreseen()) want_page(name);
  for (auto& [name, known] : m_known) look_ahead(name, known);
}

void SolverAnswers::look_ahead(const PackageName& name, Known& known) {
  if (!known.told) return;
  std::size_t most = known.asked.size() < k_patience ? 1 : std::min(known.asked.size() * 2, k_longest_batch);
  for (const Version& version : m_solver.likely_versions(name, k_search_width)) {
    if (known.asked.size() < k_patience && !known.expected.contains(version)) continue;  // what was expected has failed by then
    if (!known.awaited.contains(version)) want_metadata(name, version);
    if (--most == 0) return;
  }
}

/// Whether the solver learned something.
bool SolverAnswers::take_arrivals() {
  bool any = false;
  std::vector<PackageName> names;  // what arrives makes more packages known
  for (const auto& [name, known] : m_known) names.push_back(name);
  for (const PackageName& name : names) {
    Known& known = m_known[name];
    if (!known.told) any |= take_page(name, known);
    const std::set<Version> awaited = known.awaited;
    for (const Version& version : awaited) any |= take_metadata(name, known, version);
  }
  return any;
}

bool SolverAnswers::take_page(const PackageName& name, Known& known) {
  const auto* offers = m_client.offers(m_indexes.of(name), name, m_rules);
  if (offers == nullptr || !*offers) return false;
  known.told = true;
  known.offered = **offers;
  std::vector<Candidate> candidates;
  candidates.reserve(known.offered.size());
  for (const OfferedVersion& one : known.offered) candidates.push_back(one.candidate);
  m_solver.answer_versions(name, std::move(candidates));
  look_ahead(name, known);
  return true;
}

bool SolverAnswers::take_metadata(const PackageName& name, Known& known, const Version& version) {
  const OfferedVersion* wanted = offered(name, version);
  const auto* raw = wanted != nullptr && wanted->wheel ? m_client.metadata(*wanted->wheel) : nullptr;
  if (raw == nullptr) return false;
  known.awaited.erase(version);
  if (*raw) {
    settle(name, known, version, **raw);
  } else if (raw->error().kind == ErrorKind::integrity) {
    m_solver.answer_unusable(name, version, raw->error().message);
  } else {
    return false;  // told to the user if the solver asks for it
  }
  known.settled.insert(version);
  return true;
}

void SolverAnswers::settle(const PackageName& name, Known& known, const Version& version, const RawMetadata& raw) {
  auto parsed = parse_core_metadata(raw.text, name, version);
  if (!parsed) {
    m_solver.answer_unusable(name, version, parsed.error().message);
    return;
  }
  // Not every index repeats Requires-Python on its pages.
  if (parsed->requires_python && !admits_python(*parsed->requires_python, m_rules.rules.python)) {
    m_solver.answer_unusable(name, version, fmt::format("requires Python {}", *parsed->requires_python));
    return;
  }
  m_solver.answer_metadata(name, version, {parsed->requires_dist, parsed->provides_extra});
  const auto [kept, fresh] = known.metadata.emplace(version, *std::move(parsed));
  const auto extras = known.extras;
  foresee(kept->second.requires_dist, extras);
}

void SolverAnswers::foresee(const std::vector<Requirement>& requirements, const std::set<std::string, std::less<>>& extras) {
  m_markers.extras = extras;
  for (const Requirement& requirement : requirements) {
    if (requirement.url || (requirement.marker && !requirement.marker->evaluate(m_markers))) continue;
    want_page(requirement.name);
    Known& known = m_known[requirement.name];
    for (const PackageName& extra : requirement.extras) known.extras.insert(extra.text());
    const auto narrowed = known.expected.intersection(VersionSet::of(requirement.specifiers));
    if (!narrowed.empty()) known.expected = narrowed;
  }
}

}  // namespace torchup
