#include "src/index/resolve_on_index.hpp"

#include "src/index/answer_solver.hpp"
#include "src/index/kept_resolution.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>

namespace torchup {
namespace {

/// Waits until the index client has told the size of every chosen wheel.
Status learn_sizes(const std::vector<Pin>& pins, const SolverAnswers& answers, IndexClient& client) {
  std::vector<ProjectFile> files;
  for (const Pin& pin : pins) {
    const OfferedVersion* offered = answers.offered(pin.name, pin.version);
    if (offered != nullptr && offered->wheel) files.push_back(*offered->wheel);
  }
  for (const ProjectFile& file : files) client.want_size(file);
  for (const ProjectFile& file : files) {
    while (client.size(file) == nullptr) TORCHUP_TRY(client.drive());
    if (!*client.size(file)) return failure(client.size(file)->error());
  }
  return {};
}

/// Reads every chosen file whose hash the index does not give: a lock needs one.
Status learn_hashes(const std::vector<Pin>& pins, const SolverAnswers& answers, IndexClient& client) {
  std::vector<ProjectFile> files;
  for (const Pin& pin : pins) {
    const OfferedVersion* offered = answers.offered(pin.name, pin.version);
    if (offered != nullptr && offered->wheel && !offered->wheel->sha256) files.push_back(*offered->wheel);
  }
  for (const ProjectFile& file : files) client.want_hash(file);
  for (const ProjectFile& file : files) {
    while (client.hash(file) == nullptr) TORCHUP_TRY(client.drive());
    if (!*client.hash(file)) return failure(client.hash(file)->error());
  }
  return {};
}

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

}  // namespace

Result<ResolveOutcome> resolve_on_index(SolverRequest request, const Target& target, const PackageIndexes& indexes, IndexClient& client,
                                        Diagnostics& diagnostics, const ResolveOptions& options) {
  request.environment = target.markers;
  const std::string question = question_identity(request, target, indexes, options);
  TORCHUP_TRY_ASSIGN(auto kept, recall_resolution(question, indexes, client, options));
  if (kept) {
    for (const auto& warning : kept->warnings) diagnostics.warn(warning);
    return std::move(kept->resolved);
  }
  const IdentifiedRules rules = identified(
      {SupportedTags(target.tags), target.python_version, target.platform, options.exclude_newer, options.hashes, options.buildable});
  const auto requirements = request.requirements;
  Solver solver(std::move(request));
  const RepairTable none;
  SolverAnswers answers(solver, client, indexes, rules, target.markers, options.repairs != nullptr ? *options.repairs : none,
                        options.build_metadata);
  answers.foresee(requirements, {});
  TORCHUP_TRY_ASSIGN(auto answer, answers.run());
  if (auto* unsolvable = std::get_if<Unsolvable>(&answer)) {
    // An explanation must not rest on something that the user has not been told.
    for (const Repair* repair : in_order(answers.all_repairs())) unsolvable->explanation.hints.push_back(repair_hint(*repair));
    for (const auto& [name, status] : answers.statuses()) {
      if (names_it(unsolvable->explanation.text, name)) unsolvable->explanation.hints.push_back(status_note(name, status));
    }
    return std::move(*unsolvable);
  }

  auto& [pins, notes] = std::get<Solved>(answer);
  for (const auto& note : notes) diagnostics.warn(note);
  const auto told = notes.size();
  TORCHUP_TRY(learn_sizes(pins, answers, client));
  TORCHUP_TRY(learn_hashes(pins, answers, client));
  KeptResolution made{.pages = {}, .warnings = std::move(notes), .resolved = {}};
  for (const Pin& pin : pins) {
    TORCHUP_TRY_ASSIGN(auto package, describe(pin, answers, indexes, client, made.warnings));
    made.resolved.packages.push_back(std::move(package));
  }
  for (std::size_t i = told; i < made.warnings.size(); ++i) diagnostics.warn(made.warnings[i]);
  if (auto pages = answers.pages(); pages && !question.empty()) {
    made.pages = *std::move(pages);
    client.keep_resolution(question, print_kept_resolution(made));
  }
  return std::move(made.resolved);
}

}  // namespace torchup
