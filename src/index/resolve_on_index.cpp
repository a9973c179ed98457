#include "src/index/resolve_on_index.hpp"

#include "src/index/answer_solver.hpp"

#include <fmt/format.h>

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

Result<LockedFile> locked_file(const ProjectFile& file, const Url& index, const IndexClient& client) {
  if (!file.sha256) {
    return failure({ErrorKind::integrity,
                    fmt::format("the index `{}` gives no sha256 for `{}`", index.text(), file.filename),
                    {},
                    {"a lock needs the hash of every file; choose another index or another version"}});
  }
  return LockedFile{
      .name = file.filename, .url = file.url, .size = **client.size(file), .sha256 = *file.sha256, .upload_time = file.upload_time};
}

std::optional<SpecifierSet> requires_python_of(const WheelMetadata* metadata, const ProjectFile& file) {
  const auto& text = metadata != nullptr && metadata->requires_python ? metadata->requires_python : file.requires_python;
  if (!text) return std::nullopt;
  auto specifiers = SpecifierSet::parse(*text);
  return specifiers ? std::optional(*std::move(specifiers)) : std::nullopt;
}

Result<ResolvedPackage> describe(const Pin& pin, const SolverAnswers& answers, const PackageIndexes& indexes, const IndexClient& client,
                                 Diagnostics& diagnostics) {
  const OfferedVersion* offered = answers.offered(pin.name, pin.version);
  if (offered == nullptr || !offered->wheel) {
    return failure(
        {ErrorKind::internal, fmt::format("`{}` {} was chosen and is not offered", pin.name.text(), pin.version.text()), {}, {}});
  }
  const ProjectFile& file = *offered->wheel;
  if (offered->candidate.yanked) {
    diagnostics.warn(fmt::format("`{}` {} is {}", pin.name.text(), pin.version.text(), offered->candidate.unusable));
  }
  const Url& index = indexes.of(pin.name);
  TORCHUP_TRY_ASSIGN(LockedFile locked, locked_file(file, index, client));
  const auto* raw = client.metadata(file);
  return ResolvedPackage{.name = pin.name,
                         .version = pin.version,
                         .extras = pin.extras,
                         .dependencies = pin.dependencies,
                         .index = index,
                         .file = std::move(locked),
                         .unpacked_bytes = raw != nullptr && *raw ? (*raw)->unpacked_bytes : std::nullopt,
                         .requires_python = requires_python_of(answers.metadata(pin.name, pin.version), file)};
}

}  // namespace

Result<ResolveOutcome> resolve_on_index(SolverRequest request, const Target& target, const PackageIndexes& indexes, IndexClient& client,
                                        Diagnostics& diagnostics, const ResolveOptions& options) {
  request.environment = target.markers;
  const IdentifiedRules rules =
      identified({SupportedTags(target.tags), target.python_version, target.platform, options.exclude_newer, options.hashes});
  const auto requirements = request.requirements;
  Solver solver(std::move(request));
  SolverAnswers answers(solver, client, indexes, rules, target.markers);
  answers.foresee(requirements, {});
  TORCHUP_TRY_ASSIGN(auto answer, answers.run());
  if (auto* unsolvable = std::get_if<Unsolvable>(&answer)) return std::move(*unsolvable);

  const auto& [pins, notes] = std::get<Solved>(answer);
  for (const auto& note : notes) diagnostics.warn(note);
  TORCHUP_TRY(learn_sizes(pins, answers, client));
  ResolvedPackages resolved;
  for (const Pin& pin : pins) {
    TORCHUP_TRY_ASSIGN(auto package, describe(pin, answers, indexes, client, diagnostics));
    resolved.packages.push_back(std::move(package));
  }
  return resolved;
}

}  // namespace torchup
