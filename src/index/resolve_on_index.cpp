#include "src/index/resolve_on_index.hpp"

#include "src/index/answer_solver.hpp"
#include "src/index/kept_resolution.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>

namespace torchup {
namespace {

LockedFile locked_file(const ProjectFile& file, const IndexClient& client) {
  return {.name = file.filename,
          .url = file.url,
          .size = file.sha256 ? **client.size(file) : (*client.hash(file))->size,
          .sha256 = file.sha256 ? *file.sha256 : (*client.hash(file))->sha256,
          .upload_time = file.upload_time};
}

std::optional<SpecifierSet> requires_python_of(const WheelMetadata* metadata, const ProjectFile& file) {
  const auto& text = metadata != nullptr && metadata->requires_python ? metadata->requires_python : file.requires_python;
  if (!text) return std::nullopt;
  auto specifiers = SpecifierSet::parse(*text);
  return specifiers ? std::optional(*std::move(specifiers)) : std::nullopt;
}

/// PEP 792: what an index says of a whole project.
std::string status_note(const PackageName& name, const ProjectStatus& status) {
  return fmt::format("the index has `{}` as {}{}", name.text(), status_text(status.marker),
                     status.reason.empty() ? "" : ": " + status.reason);
}

Result<ResolvedPackage> describe(const Pin& pin, const SolverAnswers& answers, const PackageIndexes& indexes, const IndexClient& client,
                                 std::vector<std::string>& warnings) {
  const OfferedVersion* offered = answers.offered(pin.name, pin.version);
  if (offered == nullptr || !offered->wheel) {
    return failure(
        {ErrorKind::internal, fmt::format("`{}` {} was chosen and is not offered", pin.name.text(), pin.version.text()), {}, {}});
  }
  const ProjectFile& file = *offered->wheel;
  if (offered->candidate.yanked) {
    warnings.push_back(fmt::format("`{}` {} is {}", pin.name.text(), pin.version.text(), offered->candidate.unusable));
  }
  const Url& index = indexes.of(pin.name);
  if (const ProjectStatus* status = client.status(index, pin.name)) warnings.push_back(status_note(pin.name, *status));
  const auto* raw = client.metadata(file);
  return ResolvedPackage{.name = pin.name,
                         .version = pin.version,
                         .extras = pin.extras,
                         .dependencies = pin.dependencies,
                         .index = index,
                         .file = locked_file(file, client),
                         .hash_computed = !file.sha256,
                         .unpacked_bytes = raw != nullptr && *raw ? (*raw)->unpacked_bytes : std::nullopt,
                         .requires_python = requires_python_of(answers.metadata(pin.name, pin.version), file),
                         .repairs = answers.repairs(pin.name, pin.version)};
}

std::vector<const Repair*> in_order(const std::set<const Repair*>& repairs) {
  std::vector<const Repair*> sorted(repairs.begin(), repairs.end());
  std::sort(sorted.begin(), sorted.end(), [](const Repair* a, const Repair* b) { return a->id < b->id; });
  return sorted;
}

/// Whether the text has the name as a word.
bool names_it(std::string_view text, const PackageName& name) {
  const auto is_part = [](char c) { return c == '-' || c == '_' || c == '.' || std::isalnum(static_cast<unsigned char>(c)) != 0; };
  for (auto at = text.find(name.text()); at != std::string_view::npos; at = text.find(name.text(), at + 1)) {
    const auto end = at + name.text().size();
    if ((at == 0 || !is_part(text[at - 1])) && (end == text.size() || !is_part(text[end]))) return true;
  }
  return false;
}

std::string repair_hint(const Repair& repair) {
  return fmt::format("the metadata of {}{} was repaired by `{}`: {}; `--no-repairs` takes it as published", repair.package.text(),
                     repair.versions.text(), repair.id, change_text(repair));
}

SolverRequest for_target(SolverRequest request, const Target& target) {
  request.environment = target.markers;
  return request;
}

}  // namespace

Resolution::Resolution(SolverRequest request, const Target& target, const PackageIndexes& indexes, IndexClient& client,
                       Diagnostics& diagnostics, ResolveOptions options)
    : m_indexes(indexes),
      m_client(client),
      m_diagnostics(diagnostics),
      m_options(std::move(options)),
      m_rules(identified({SupportedTags(target.tags), target.python_version, target.platform, m_options.exclude_newer, m_options.hashes,
                          m_options.buildable})),
      m_markers(target.markers),
      m_requirements(request.requirements),
      m_question(question_identity(for_target(request, target), target, indexes, m_options)),
      m_solver(for_target(std::move(request), target)),
      m_answers(std::make_unique<SolverAnswers>(m_solver, m_client, m_indexes, m_rules, m_markers,
                                                m_options.repairs != nullptr ? *m_options.repairs : m_no_repairs,
                                                m_options.build_metadata)) {
  m_client.expect_rules(m_rules);
}

Resolution::~Resolution() = default;

Result<std::optional<ResolveOutcome>> Resolution::step() {
  if (!std::exchange(m_has_recalled, true)) {
    TORCHUP_TRY_ASSIGN(auto kept, recall_resolution(m_question, m_indexes, m_client, m_options));
    if (kept) {
      for (const auto& warning : kept->warnings) m_diagnostics.warn(warning);
      return ResolveOutcome(std::move(kept->resolved));
    }
  }
  if (!m_solved) {
    m_answers->foresee(std::exchange(m_requirements, {}), {});
    TORCHUP_TRY_ASSIGN(auto end, m_answers->step());
    if (!end) return std::nullopt;
    if (auto* unsolvable = std::get_if<Unsolvable>(&*end)) return told(std::move(*unsolvable));
    m_solved = std::get<Solved>(*std::move(end));
    for (const auto& note : m_solved->notes) m_diagnostics.warn(note);
  }
  TORCHUP_TRY_ASSIGN(const bool known, know_files());
  if (!known) return std::nullopt;
  TORCHUP_TRY_ASSIGN(ResolveOutcome outcome, described());
  return outcome;
}

/// An explanation must not rest on something that the user has not been told.
Unsolvable Resolution::told(Unsolvable unsolvable) const {
  for (const Repair* repair : in_order(m_answers->all_repairs())) unsolvable.explanation.hints.push_back(repair_hint(*repair));
  for (const auto& [name, status] : m_answers->statuses()) {
    if (names_it(unsolvable.explanation.text, name)) unsolvable.explanation.hints.push_back(status_note(name, status));
  }
  return unsolvable;
}

/// Whether the size of every chosen file is known, and the hash where its index gives none: a lock needs both.
Result<bool> Resolution::know_files() {
  bool all = true;
  for (const Pin& pin : m_solved->pins) {
    const OfferedVersion* offered = m_answers->offered(pin.name, pin.version);
    if (offered == nullptr || !offered->wheel) continue;  // `describe` tells
    const ProjectFile& file = *offered->wheel;
    if (file.sha256) {
      m_client.want_size(file);
      const auto* size = m_client.size(file);
      if (size != nullptr && !*size) return failure(size->error());
      all = all && size != nullptr;
    } else {  // whose reading tells the size, too
      m_client.want_hash(file);
      const auto* hash = m_client.hash(file);
      if (hash != nullptr && !*hash) return failure(hash->error());
      all = all && hash != nullptr;
    }
  }
  return all;
}

/// The lock's packages; kept for the next time that the same is asked.
Result<ResolveOutcome> Resolution::described() {
  KeptResolution made{.pages = {}, .warnings = m_solved->notes, .resolved = {}};
  const auto told = made.warnings.size();
  for (const Pin& pin : m_solved->pins) {
    TORCHUP_TRY_ASSIGN(auto package, describe(pin, *m_answers, m_indexes, m_client, made.warnings));
    made.resolved.packages.push_back(std::move(package));
  }
  for (std::size_t i = told; i < made.warnings.size(); ++i) m_diagnostics.warn(made.warnings[i]);
  if (auto pages = m_answers->pages(); pages && !m_question.empty()) {
    made.pages = *std::move(pages);
    m_client.keep_resolution(m_question, print_kept_resolution(made));
  }
  return ResolveOutcome(std::move(made.resolved));
}

Result<ResolveOutcome> resolve_on_index(SolverRequest request, const Target& target, const PackageIndexes& indexes, IndexClient& client,
                                        Diagnostics& diagnostics, const ResolveOptions& options) {
  Resolution resolution(std::move(request), target, indexes, client, diagnostics, options);
  for (;;) {
    TORCHUP_TRY_ASSIGN(auto outcome, resolution.step());
    if (outcome) return *std::move(outcome);
    TORCHUP_TRY(client.drive());
  }
}

}  // namespace torchup
