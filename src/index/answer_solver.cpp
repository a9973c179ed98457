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

Result<std::variant<Solved, Unsolvable>> SolverAnswers::run() {
  for (;;) {
    auto question = m_solver.advance();
    if (auto* solved = std::get_if<Solved>(&question)) return std::move(*solved);
    if (auto* unsolvable = std::get_if<Unsolvable>(&question)) return std::move(*unsolvable);
    const auto* versions = std::get_if<NeedVersions>(&question);
    TORCHUP_TRY(versions != nullptr ? want(*versions) : want(std::get<NeedMetadata>(question)));
    look_ahead();
    if (take_arrivals()) continue;
    if (m_client.idle()) {
      TORCHUP_TRY_ASSIGN(const bool built, build(question));
      if (!built) return failure({ErrorKind::internal, "the solver asks for something that nobody fetches", {}, {}});
    } else {
      TORCHUP_TRY(m_client.drive());
    }
    take_arrivals();
  }
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
  return found == known->second.metadata.end() ? nullptr : &found->second;
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
  if (known.offered == nullptr) return;
  const bool patient = known.asked.size() < k_patience;
  const std::size_t most = patient ? 1 : std::min(known.asked.size() * 2, k_longest_batch);
  const VersionSet all = VersionSet::all();  // what was expected has failed by then
  for (const Version& version : m_solver.likely_versions(name, patient ? known.expected : all, most)) {
    if (!known.awaited.contains(version)) want_metadata(name, version);
  }
}

/// Whether the solver learned something.
bool SolverAnswers::take_arrivals() {
  bool any = false;
  for (auto& [name, known] : m_known) {  // what arrives makes more packages known, which a map's iterators outlive
    if (known.offered == nullptr) any |= take_page(name, known);
    const std::set<Version> awaited = known.awaited;
    for (const Version& version : awaited) any |= take_metadata(name, known, version);
  }
  return any;
}

bool SolverAnswers::take_page(const PackageName& name, Known& known) {
  const auto* offers = m_client.offers(m_indexes.of(name), name, m_rules);
  if (offers == nullptr || !*offers) return false;
  known.offered = &offers->value();
  std::vector<Candidate> candidates;
  candidates.reserve(known.offered->size());
  for (const OfferedVersion& one : *known.offered) candidates.push_back(one.candidate);
  m_solver.answer_versions(name, std::move(candidates));
  look_ahead(name, known);
  return true;
}

bool SolverAnswers::take_metadata(const PackageName& name, Known& known, const Version& version) {
  const OfferedVersion* wanted = offered(name, version);
  const auto* raw = wanted != nullptr && wanted->wheel ? m_client.metadata(*wanted->wheel) : nullptr;
  if (raw == nullptr || (*raw && (*raw)->dynamic)) return false;  // a build is for what the solver itself asks for
  known.awaited.erase(version);
  m_vouched_for = m_vouched_for && wanted->wheel->sha256;
  if (*raw) {
    settle(name, known, version, **raw);
  } else if (raw->error().kind == ErrorKind::integrity) {
    m_vouched_for = false;
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
  const std::string& wheel = offered(name, version)->wheel->filename;
  if (auto made = m_repairs.apply(name, version, wheel, m_markers, parsed->requires_dist); !made.empty())
    known.repairs.emplace(version, std::move(made));
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
