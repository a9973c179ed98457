#include "src/index/kept_resolution.hpp"

#include "torchup/system/hash.hpp"
#include "torchup/system/http_policy.hpp"

#include "src/index/packed_bytes.hpp"

#include <algorithm>

namespace torchup {
namespace {

// Raised whenever the form or the meaning of what is written changes.
constexpr std::string_view k_form = "resolution 1\n";

void print_requirements(PackedWriter& writer, const std::vector<Requirement>& requirements) {
  writer.number(requirements.size());
  for (const Requirement& requirement : requirements) writer.text(requirement.text());
}

template <class Texts>
void print_texts(PackedWriter& writer, const Texts& texts) {
  writer.number(texts.size());
  for (const auto& text : texts) writer.text(text);
}

void print_names(PackedWriter& writer, const std::vector<PackageName>& names) {
  writer.number(names.size());
  for (const PackageName& name : names) writer.text(name.text());
}

void print_repairs(PackedWriter& writer, const RepairTable* table) {
  if (table == nullptr) return;
  for (const Repair& repair : table->rows()) {
    writer.text(repair.id);
    writer.text(repair.package.text());
    writer.text(repair.versions.text());
    writer.text(repair.wheels);
    print_texts(writer, repair.removed);
    print_requirements(writer, repair.added);
    writer.text(repair.reason);
  }
}

void print_target(PackedWriter& writer, const Target& target) {
  const auto& [implementation, major, minor, free_threaded, system, machine, libc, libc_major, libc_minor] = target.tags;
  for (const std::string& text : {implementation, system, machine, libc, target.platform, target.python_version.text()}) writer.text(text);
  for (const unsigned number : {major, minor, free_threaded ? 1U : 0U, libc_major, libc_minor}) writer.number(number);
  writer.number(target.markers.values.size());
  for (const auto& [variable, value] : target.markers.values) {
    writer.text(variable);
    writer.text(value);
  }
  print_texts(writer, target.markers.extras);
  print_texts(writer, target.markers.dependency_groups);
}

void print_request(PackedWriter& writer, const SolverRequest& request) {
  const auto& [requirements, constraints, overrides, environment, prereleases, order, preferences, step_budget] = request;
  print_requirements(writer, requirements);
  print_requirements(writer, constraints);
  print_requirements(writer, overrides);
  static_cast<void>(environment);  // the target's
  writer.number(static_cast<std::uint64_t>(prereleases));
  writer.number(static_cast<std::uint64_t>(order));
  writer.number(step_budget);
  writer.number(preferences.size());
  for (const auto& [name, version] : preferences) {
    writer.text(name.text());
    writer.text(version.text());
  }
}

/// As many texts as the number before them says, each made into something by `take`; false where one cannot be.
template <class Take>
bool each_text(PackedReader& reader, Take take) {
  for (auto left = reader.number(); left > 0; --left) {
    const auto text = reader.text();
    if (reader.failed() || !take(text)) return false;
  }
  return !reader.failed();
}

bool parse_names(PackedReader& reader, std::vector<PackageName>& names) {
  return each_text(reader, [&](std::string_view text) {
    auto name = PackageName::parse(text);
    if (name) names.push_back(*std::move(name));
    return name.has_value();
  });
}

bool parse_repairs(PackedReader& reader, const RepairTable* table, std::vector<const Repair*>& repairs) {
  return each_text(reader, [&](std::string_view id) {
    if (table == nullptr) return false;
    const auto& rows = table->rows();
    const auto row = std::find_if(rows.begin(), rows.end(), [&](const Repair& repair) { return repair.id == id; });
    if (row != rows.end()) repairs.push_back(&*row);
    return row != rows.end();
  });
}

void print_package(PackedWriter& writer, const ResolvedPackage& package) {
  writer.text(package.name.text());
  writer.text(package.version.text());
  print_names(writer, package.extras);
  print_names(writer, package.dependencies);
  writer.text(package.file.name);
  writer.text(package.file.url.text());
  writer.digest(package.file.sha256);
  writer.number(package.file.size.value_or(0));
  writer.text_if_any(package.file.upload_time);
  writer.text_if_any(package.unpacked_bytes ? std::optional(std::to_string(*package.unpacked_bytes)) : std::nullopt);
  writer.text_if_any(package.requires_python ? std::optional(package.requires_python->text()) : std::nullopt);
  writer.number(package.repairs.size());
  for (const Repair* repair : package.repairs) writer.text(repair->id);
}

std::optional<ResolvedPackage> parse_package(PackedReader& reader, const PackageIndexes& indexes, const ResolveOptions& options) {
  auto name = PackageName::parse(reader.text());
  const auto version = Version::parse(reader.text());
  std::vector<PackageName> extras, dependencies;
  if (!name || !version || !parse_names(reader, extras) || !parse_names(reader, dependencies)) return std::nullopt;
  const Url& index = indexes.of(*name);
  std::string file(reader.text());
  const auto link = reader.text();
  // Following a link costs several readings of it, and makes a difference only where there are credentials to pass on.
  auto url = index.has_credentials() ? link_target(index, link) : Url::parse(link);
  const auto sha256 = reader.digest();
  if (!url || !sha256) return std::nullopt;
  ResolvedPackage package{.name = *std::move(name),
                          .version = *version,
                          .extras = std::move(extras),
                          .dependencies = std::move(dependencies),
                          .index = index,
                          .file = {.name = std::move(file), .url = *std::move(url), .size = reader.number(), .sha256 = *sha256}};
  package.file.upload_time = reader.string_if_any();
  if (const auto bytes = reader.string_if_any()) package.unpacked_bytes = std::strtoull(bytes->c_str(), nullptr, 10);
  if (const auto python = reader.text_if_any()) {
    auto specifiers = SpecifierSet::parse(*python);
    if (!specifiers) return std::nullopt;
    package.requires_python = *std::move(specifiers);
  }
  if (!parse_repairs(reader, options.repairs, package.repairs)) return std::nullopt;
  return package;
}

}  // namespace

// Bound by their structure, so that whoever adds a field has to think of it here.
std::string question_identity(const SolverRequest& request, const Target& target, const PackageIndexes& indexes,
                              const ResolveOptions& options) {
  const auto& [exclude_newer, hashes, repairs, buildable, program, build_metadata] = options;
  if (program.empty() || !buildable.empty()) return "";
  PackedWriter writer(k_form);
  writer.text(program);
  print_target(writer, target);
  writer.text(indexes.main.text());
  writer.number(indexes.pinned.size());
  for (const auto& [name, index] : indexes.pinned) {
    writer.text(name.text());
    writer.text(index.text());
  }
  print_request(writer, request);
  writer.text_if_any(exclude_newer);
  writer.number(hashes.size());
  for (const auto& [name, digests] : hashes) {
    writer.text(name.text());
    writer.number(digests.size());
    for (const Sha256& digest : digests) writer.digest(digest);
  }
  writer.number(build_metadata ? 1 : 0);
  print_repairs(writer, repairs);
  const std::string text = writer.take();
  return sha256(std::as_bytes(std::span(text))).hex();
}

std::string print_kept_resolution(const KeptResolution& kept) {
  PackedWriter writer(k_form);
  writer.number(kept.pages.size());
  for (const PageStamp& page : kept.pages) {
    writer.text(page.name.text());
    writer.text(page.digest);
  }
  print_texts(writer, kept.warnings);
  for (const ResolvedPackage& package : kept.resolved.packages) print_package(writer, package);
  return writer.take();
}

std::optional<KeptResolution> parse_kept_resolution(std::string_view bytes, const PackageIndexes& indexes, const ResolveOptions& options) {
  PackedReader reader(bytes, k_form);
  KeptResolution kept;
  for (auto left = reader.number(); left > 0 && !reader.failed(); --left) {
    auto name = PackageName::parse(reader.text());
    std::string digest(reader.text());
    if (!name) return std::nullopt;
    kept.pages.push_back({*std::move(name), std::move(digest)});
  }
  const bool has_warnings = each_text(reader, [&](std::string_view text) {
    kept.warnings.emplace_back(text);
    return true;
  });
  if (!has_warnings) return std::nullopt;
  while (!reader.at_end()) {
    auto package = parse_package(reader, indexes, options);
    if (!package || reader.failed()) return std::nullopt;
    kept.resolved.packages.push_back(*std::move(package));
  }
  return kept;
}

Result<std::optional<KeptResolution>> recall_resolution(const std::string& identity, const PackageIndexes& indexes, IndexClient& client,
                                                        const ResolveOptions& options) {
  const auto bytes = identity.empty() ? std::nullopt : client.kept_resolution(identity);
  auto kept = bytes ? parse_kept_resolution(*bytes, indexes, options) : std::nullopt;
  if (!kept) return std::nullopt;
  for (const PageStamp& page : kept->pages) client.want_page(indexes.of(page.name), page.name);
  while (!client.idle()) TORCHUP_TRY(client.drive());
  const bool same = std::all_of(kept->pages.begin(), kept->pages.end(),
                                [&](const PageStamp& page) { return client.page_digest(indexes.of(page.name), page.name) == page.digest; });
  return same ? std::move(kept) : std::nullopt;
}

}  // namespace torchup
