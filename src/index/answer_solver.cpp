#include "src/index/answer_solver.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace torchup {
namespace {

/// After so many refused versions of one package the next ones are fetched in batches.
constexpr std::size_t k_patience = 4;
constexpr std::size_t k_longest_batch = 50;

}  // namespace

SolverAnswers::SolverAnswers(Solver& solver, IndexClient& client, const PackageIndexes& indexes, const IdentifiedRules& rules,
                             const MarkerEnvironment& markers, const RepairTable& repairs, const MetadataBuilder& build)
    : m_solver(solver), m_client(client), m_indexes(indexes), m_rules(rules), m_markers(markers), m_repairs(repairs), m_build(build) {}

Result<std::optional<SolverAnswers::End>> SolverAnswers::step() {
  take_arrivals();
  for (;;) {
    if (!m_question) {
      m_question = m_solver.advance();
      m_looked_ahead = false;
      if (auto* solved = std::get_if<Solved>(&*m_question)) return std::move(*solved);
      if (auto* unsolvable = std::get_if<Unsolvable>(&*m_question)) return std::move(*unsolvable);
    }
    const auto* versions = std::get_if<NeedVersions>(&*m_question);
    TORCHUP_TRY(versions != nullptr ? want(*versions) : want(std::get<NeedMetadata>(*m_question)));
    take_arrivals();
    if (!is_answered(*m_question)) {
      if (!std::exchange(m_looked_ahead, true)) {
        look_ahead();
        take_arrivals();
      }
      if (!m_client.idle()) return std::nullopt;
      TORCHUP_TRY_ASSIGN(const bool built, build(*m_question));
      if (!built) return failure({ErrorKind::internal, "the solver asks for something that nobody fetches", {}, {}});
      take_arrivals();
    }
    if (is_answered(*m_question)) m_question.reset();
  }
}

bool SolverAnswers::is_answered(const Question& question) const {
  const auto* metadata = std::get_if<NeedMetadata>(&question);
  const auto known = m_known.find(metadata != nullptr ? metadata->name : std::get<NeedVersions>(question).name);
  if (known == m_known.end()) return false;
  return metadata != nullptr ? known->second.settled.contains(metadata->version) : known->second.offered != nullptr;
}

/// An sdist's metadata that only a build can tell: built for the one version that the solver cannot go on without, while no
/// request is under way.
Result<bool> SolverAnswers::build(const Question& question) {
  const auto* need = std::get_if<NeedMetadata>(&question);
  const OfferedVersion* wanted = need != nullptr ? offered(need->name, need->version) : nullptr;
  const auto* raw = wanted != nullptr && wanted->wheel ? m_client.metadata(*wanted->wheel) : nullptr;
  if (raw == nullptr || !*raw || !(*raw)->dynamic) return false;
  m_vouched_for = false;
  if (!m_build) {
    m_solver.answer_unusable(need->name, need->version,
                             "its metadata can only be learned by building it, which needs a Python of this host");
    m_known[need->name].settled.insert(need->version);
    return true;
  }
  TORCHUP_TRY_ASSIGN(const std::filesystem::path sdist, m_client.sdist(*wanted->wheel));
  TORCHUP_TRY_ASSIGN(std::string text, m_build(need->name, need->version, sdist));
  m_client.tell_metadata(*wanted->wheel, {.text = std::move(text), .wheel_size = (*raw)->wheel_size});
  return true;
}

std::vector<std::pair<PackageName, ProjectStatus>> SolverAnswers::statuses() const {
  std::vector<std::pair<PackageName, ProjectStatus>> found;
  for (const auto& [name, known] : m_known) {
    if (const ProjectStatus* status = m_client.status(m_indexes.of(name), name)) found.emplace_back(name, *status);
  }
  return found;
}

std::optional<std::vector<PageStamp>> SolverAnswers::pages() const {
  std::vector<PageStamp> pages;
  for (const auto& [name, known] : m_known) {
    if (known.offered == nullptr) continue;
    pages.push_back({name, m_client.page_digest(m_indexes.of(name), name)});
    if (pages.back().digest.empty()) return std::nullopt;
  }
  return m_vouched_for ? std::optional(std::move(pages)) : std::nullopt;
}

const OfferedVersion* SolverAnswers::offered(const PackageName& name, const Version& version) const {
  const auto known = m_known.find(name);
  if (known == m_known.end() || known->second.offered == nullptr) return nullptr;
  const auto& all = *known->second.offered;
  const auto found = std::lower_bound(all.begin(), all.end(), version,
                                      [](const OfferedVersion& one, const Version& wanted) { return one.candidate.version < wanted; });
  return found == all.end() || found->candidate.version != version ? nullptr : &*found;
}

const WheelMetadata* SolverAnswers::metadata(const PackageName& name, const Version& version) const {
  const auto known = m_known.find(name);
  if (known == m_known.end()) return nullptr;
  const auto found = known->second.metadata.find(version);
  return found == known->second.metadata.end() ? nullptr : found->second;
}

std::vector<const Repair*> SolverAnswers::repairs(const PackageName& name, const Version& version) const {
  const auto known = m_known.find(name);
  if (known == m_known.end()) return {};
  const auto found = known->second.repairs.find(version);
  return found == known->second.repairs.end() ? std::vector<const Repair*>() : found->second;
}

std::set<const Repair*> SolverAnswers::all_repairs() const {
  std::set<const Repair*> all;
  for (const auto& [name, known] : m_known) {
    for (const auto& [version, repairs] : known.repairs) all.insert(repairs.begin(), repairs.end());
  }
  return all;
}

void SolverAnswers::want_page(const PackageName& name) {
  if (!m_known.try_emplace(name).second) return;
  const Url& index = m_indexes.of(name);
  const auto& awaited = *m_awaited_pages.emplace(IndexClient::page_key(index, name), name);
  if (m_client.want_page(index, name)) m_there.push_back(awaited.first);
}

void SolverAnswers::want_metadata(const PackageName& name, const Version& version) {
  Known& known = m_known[name];
  const OfferedVersion* wanted = offered(name, version);
  if (wanted == nullptr || !wanted->wheel || known.settled.contains(version) || !known.awaited.insert(version).second) return;
  const auto& awaited = *m_awaited_metadata.emplace(IndexClient::metadata_key(*wanted->wheel), std::pair(name, version));
  if (m_client.want_metadata(*wanted->wheel)) m_there.push_back(awaited.first);
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
    m_known[question.name].settled.insert(question.version);
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
  if (known.offered == nullptr) return;
  const bool patient = known.asked.size() < k_patience;
  const std::size_t most = patient ? 1 : std::min(known.asked.size() * 2, k_longest_batch);
  const VersionSet all = VersionSet::all();  // what was expected has failed by then
  for (const Version& version : m_solver.likely_versions(name, patient ? known.expected : all, most)) {
    if (!known.awaited.contains(version)) want_metadata(name, version);
  }
}

void SolverAnswers::take_arrivals() {
  for (const std::string& key : std::exchange(m_there, {})) take(key);
  while (m_arrived < m_client.arrived().size()) {
    const std::string key = m_client.arrived()[m_arrived++];  // taking it may let more arrive
    take(key);
  }
  for (const PackageName& name : std::exchange(m_narrowed, {})) look_ahead(name, m_known.at(name));
}

void SolverAnswers::take(const std::string& key) {
  const auto [page, last_page] = m_awaited_pages.equal_range(key);
  for (auto next = page; next != last_page;) {
    const auto awaited = next++;
    if (take_page(awaited->second, m_known.at(awaited->second))) m_awaited_pages.erase(awaited);
  }
  const auto [metadata, last_metadata] = m_awaited_metadata.equal_range(key);
  for (auto next = metadata; next != last_metadata;) {
    const auto awaited = next++;
    const auto [name, version] = awaited->second;
    if (take_metadata(name, version)) m_awaited_metadata.erase(awaited);
  }
}

/// Whether it need not be waited for any more. A page that cannot be had is told to the user if the solver asks for it.
bool SolverAnswers::take_page(const PackageName& name, Known& known) {
  const auto* offers = m_client.offers(m_indexes.of(name), name, m_rules);
  if (offers == nullptr || !*offers) return offers != nullptr;
  known.offered = &offers->value();
  std::vector<Candidate> candidates;
  candidates.reserve(known.offered->size());
  for (const OfferedVersion& one : *known.offered) candidates.push_back(one.candidate);
  m_solver.answer_versions(name, std::move(candidates));
  look_ahead(name, known);
  return true;
}

bool SolverAnswers::take_metadata(const PackageName& name, const Version& version) {
  const ProjectFile& wheel = *offered(name, version)->wheel;
  const auto* raw = m_client.metadata(wheel);
  if (raw == nullptr || (*raw && (*raw)->dynamic)) return false;  // a build is for what the solver itself asks for
  m_vouched_for = m_vouched_for && wheel.sha256;
  Known& known = m_known.at(name);
  if (*raw) {
    settle(name, known, version, m_client.parsed_metadata(wheel, name, version));
  } else if (raw->error().kind == ErrorKind::integrity) {
    m_vouched_for = false;
    m_solver.answer_unusable(name, version, raw->error().message);
  } else {
    return true;  // as with a page
  }
  known.settled.insert(version);
  return true;
}

void SolverAnswers::settle(const PackageName& name, Known& known, const Version& version, const Result<WheelMetadata>& parsed) {
  if (!parsed) {
    m_solver.answer_unusable(name, version, parsed.error().message);
    return;
  }
  // Not every index repeats Requires-Python on its pages.
  if (parsed->requires_python && !admits_python(*parsed->requires_python, m_rules.rules.python)) {
    m_solver.answer_unusable(name, version, fmt::format("requires Python {}", *parsed->requires_python));
    return;
  }
  std::vector<Requirement> requirements = parsed->requires_dist;
  const std::string& wheel = offered(name, version)->wheel->filename;
  if (auto made = m_repairs.apply(name, version, wheel, m_markers, requirements); !made.empty())
    known.repairs.emplace(version, std::move(made));
  known.metadata.emplace(version, &*parsed);
  const auto extras = known.extras;
  foresee(requirements, extras);
  m_solver.answer_metadata(name, version, {std::move(requirements), parsed->provides_extra});
}

void SolverAnswers::foresee(const std::vector<Requirement>& requirements, const std::set<std::string, std::less<>>& extras) {
  m_markers.extras = extras;
  for (const Requirement& requirement : requirements) {
    if (requirement.url || (requirement.marker && !requirement.marker->evaluate(m_markers))) continue;
    want_page(requirement.name);
    Known& known = m_known[requirement.name];
    for (const PackageName& extra : requirement.extras) known.extras.insert(extra.text());
    const auto narrowed = known.expected.intersection(VersionSet::of(requirement.specifiers));
    if (narrowed.empty() || narrowed == known.expected) continue;
    known.expected = narrowed;
    m_narrowed.insert(requirement.name);
  }
}

}  // namespace torchup
