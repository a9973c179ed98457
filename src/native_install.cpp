#include "src/native_install.hpp"

#include "torchup/probes/probe.hpp"
#include "torchup/resolver/catalog_check.hpp"
#include "torchup/resolver/native_archive.hpp"
#include "torchup/resolver/variant_needs.hpp"
#include "torchup/system/hash.hpp"

#include "src/fetch/fetch_artifacts.hpp"
#include "src/host_python.hpp"
#include "src/index/default_index.hpp"
#include "src/published_file.hpp"
#include "src/store/store.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <span>
#include <system_error>

namespace torchup {
namespace {

namespace fs = std::filesystem;

/// "linux-x86_64" of what uname says; Windows has a name of its own for that machine.
std::string platform_of(const HostFacts& facts) {
  const OperatingSystem* const os = value_of(facts.os);
  if (os == nullptr) return "";
  const std::string machine = os->machine == "AMD64" ? "x86_64" : os->machine == "ARM64" ? "arm64" : os->machine;
  return fmt::format("{}-{}", os->system == "Darwin" ? "macos" : os->system == "Windows" ? "windows" : "linux", machine);
}

/// The folder that the index's `whl` lies in: archives are published beside it.
Result<Url> archive_base(const Ports& ports, const std::string& wished) {
  const auto& configured = ports.configuration.torch_index_url;
  const auto source = configured
                          ? std::optional(ConfiguredIndex{*configured, fmt::format("`torch-index-url` in `{}`", ports.configuration.file)})
                          : std::nullopt;
  TORCHUP_TRY_ASSIGN(const ChosenIndex index,
                     choose_torch_index(wished.empty() ? std::nullopt : std::optional(wished), ports.this_host, source));
  std::string path = index.url.path();
  while (path.ends_with('/')) path.pop_back();
  if (path.ends_with("/whl")) path.resize(path.size() - 4);
  return index.url.with_path(path + "/");
}

Error no_such_abi(const std::string& release, const NativeWish& wish) {
  return {ErrorKind::usage,
          fmt::format("no archive of LibTorch {} takes the {} std::string", release, wish.abi),
          {},
          {"`torchup catalog show` lists the archives; those with the old one end with 2.6"}};
}

/// Downloads what has no digest yet into a part file that the address names, so that a killed run goes on with it.
Result<Sha256> learn_digest(const Ports& ports, const ArtifactRequest& request, const fs::path& part, std::uint64_t bytes_per_second) {
  std::optional<Sha256> learned;
  const FetchEvents events{.begun = [](std::size_t, std::shared_ptr<PartFile>) -> Status { return {}; },
                           .whole = [](std::size_t, const std::shared_ptr<PartFile>&) -> Status { return {}; },
                           .learned = [&](std::size_t, const Sha256& digest) { learned = digest; },
                           .poll = [] { return Status(); }};
  std::vector<FetchItem> items = {{request, part, true}};
  TORCHUP_TRY(learn_sizes(items, ports.transport, ports.cancellation));
  HashLanes lanes(1);
  FetchOptions options;
  options.bytes_per_second = bytes_per_second;
  TORCHUP_TRY(fetch_artifacts(items, ports.transport, options, lanes, ports.diagnostics, ports.cancellation, events));
  if (!learned) return failure({ErrorKind::internal, fmt::format("no digest of `{}` was told", request.file.name), {}, {}});
  return *learned;
}

/// The release of a package's version: "2.8.0" of 2.8.0+cu126.
std::string release_of(const Version& version) {
  const std::string text = version.text();
  return text.substr(0, text.find('+'));
}

/// The package that a LibTorch folder has its version from.
const InstalledPackage* main_package(const Generation& generation) {
  const auto found = std::ranges::find_if(generation.packages, [](const InstalledPackage& package) {
    return package.name.text() == "torch" || is_native_archive(package.wheel);
  });
  return found == generation.packages.end() ? nullptr : &*found;
}

/// The variant of a build by its label; the main index's build carries none, and is the platform's default.
std::string variant_of(const Ports& ports, const InstalledPackage& package, const std::string& platform) {
  const std::string label = package.version.local_text();
  if (!label.empty()) return label;
  for (const CatalogRelease& release : catalog_contents(ports.catalog)) {
    if (release.release != release_of(package.version)) continue;
    const auto found = release.defaults.find(platform);
    return found == release.defaults.end() ? "" : found->second;
  }
  return "";
}

std::string standard_of(const Ports& ports, const std::string& version) {
  for (const CatalogRelease& release : catalog_contents(ports.catalog)) {
    if (release.release == version) return release.cxx_standard;
  }
  return "";
}

}  // namespace

Result<std::variant<ChosenArchive, std::string>> choose_archive(const Ports& ports, const NativeWish& wish) {
  using Answer = std::variant<ChosenArchive, std::string>;
  TORCHUP_TRY_ASSIGN(const HostFacts facts,
                     wish.platform.empty() ? Result<HostFacts>(probe_host_alone(ports.host)) : named_host(wish.platform));
  const std::string platform = platform_of(facts);
  VariantWish variant{.variant = wish.variant};
  if (!wish.version.empty()) variant.release = wish.version;
  TORCHUP_TRY_ASSIGN(const VariantChoice choice, choose_variant(facts, ports.catalog, variant));
  if (!choice.chosen) return Answer(choice.summary);
  const RankedVariant& chosen = *choice.chosen;
  const auto archive = find_native_archive(ports.catalog, chosen.release, chosen.name, platform, wish.abi);
  if (!archive) {
    const bool has_another = find_native_archive(ports.catalog, chosen.release, chosen.name, platform, "").has_value();
    if (has_another) return failure(no_such_abi(chosen.release, wish));
    return Answer(fmt::format("no archive of LibTorch {} is published for {}", chosen.release, platform));
  }
  TORCHUP_TRY_ASSIGN(const Url base, archive_base(ports, wish.torch_index_url));
  TORCHUP_TRY_ASSIGN(Url url, base.join(archive->path));
  const std::string label = archive->path.find("%2B") == std::string::npos ? "" : "+" + variant_index_folder(chosen.name);
  TORCHUP_TRY_ASSIGN(Version version, Version::parse(chosen.release + label));
  TORCHUP_TRY_ASSIGN(const PackageName name, PackageName::parse("libtorch"));
  ChosenArchive found{name, std::move(version), chosen.name, choice.summary, url.filename(), std::move(url)};
  TORCHUP_TRY_ASSIGN(const bool is_known, is_known_archive(ports, found));
  if (is_known || ports.offline) return Answer(std::move(found));
  TORCHUP_TRY_ASSIGN(const bool is_there, is_published(ports, sources_of(found.url, ports.configuration.mirrors).front()));
  if (!is_there) return Answer(fmt::format("there is no archive of LibTorch at `{}`", found.url.text()));
  return Answer(std::move(found));
}

Status check_kind(const Environment& environment, EnvironmentKind wanted) {
  if (!environment.current || environment.current->kind == wanted) return {};
  const std::string root = environment.root.string();
  if (wanted == EnvironmentKind::python) {
    return failure({ErrorKind::host,
                    fmt::format("`{}` holds LibTorch, and no packages for Python", root),
                    {},
                    {"`torchup libtorch install --to DIR` changes it; choose another folder with --env"}});
  }
  return failure({ErrorKind::host,
                  fmt::format("`{}` is an environment for Python, and no LibTorch folder", root),
                  {},
                  {"choose another folder with --to"}});
}

ArchiveRecord archive_record(const Ports& ports) { return ArchiveRecord(ports.ledger.parent_path() / "libtorch-archives.sha256"); }

Result<bool> is_known_archive(const Ports& ports, const ChosenArchive& archive) {
  TORCHUP_TRY_ASSIGN(const std::optional<Sha256> digest, archive_record(ports).find(archive.url));
  return digest.has_value();
}

Result<NativeSource> bring_archive(const Ports& ports, const ChosenArchive& archive, const std::vector<Mirror>& mirrors,
                                   std::uint64_t bytes_per_second) {
  TORCHUP_TRY_ASSIGN(const std::optional<Sha256> known, archive_record(ports).find(archive.url));
  const std::string address = archive.url.text();
  const Sha256 of_address = sha256(std::as_bytes(std::span(address)));  // where an archive lies until its own digest is known
  ArtifactRequest request{archive.name, archive.version, {archive.file, archive.url, std::nullopt, known.value_or(of_address)}};
  if (known) return NativeSource{std::move(request), false};
  if (ports.offline) {
    return failure({ErrorKind::network,
                    fmt::format("archive `{}` was never downloaded here, and nothing may be downloaded", archive.file),
                    {},
                    {"leave out `--offline`"}});
  }
  TORCHUP_TRY_ASSIGN(const Store store, Store::open(ports.cache / "store"));
  const fs::path part = store.part_file(of_address);
  std::error_code error;
  fs::create_directories(part.parent_path(), error);
  ArtifactRequest first = request;
  std::vector<Url> sources = sources_of(archive.url, mirrors);
  first.file.url = sources.front();
  first.other_sources.assign(sources.begin() + 1, sources.end());
  TORCHUP_TRY_ASSIGN(request.file.sha256, learn_digest(ports, first, part, bytes_per_second));
  request.file.size = fs::file_size(part, error);
  fs::rename(part, store.part_file(request.file.sha256), error);
  if (error) return failure(host_error("rename", part, error.value()));
  return NativeSource{std::move(request), true};
}

NativeTarget native_target(const Ports& ports, const Generation& generation) {
  NativeTarget target{.tree = {.root = generation.root}, .build = {}, .records = generation.site_packages, .self_program = ports.self};
  const InstalledPackage* const package = main_package(generation);
  if (package == nullptr) return target;
  target.tree.version = release_of(package->version);
  const bool is_archive = is_native_archive(package->wheel);
  const auto build = is_archive ? native_build_of_archive(ports.catalog, target.tree.version, package->wheel)
                                : native_build_of_wheel(ports.catalog, target.tree.version, package->wheel);
  if (build) target.build = *build;
  target.tree.abi = target.build.abi;
  target.tree.standard = standard_of(ports, target.tree.version);
  const std::string platform = fmt::format("{}-{}", target.build.system, target.build.machine);
  if (const auto needs = variant_needs(ports.catalog, target.tree.version, variant_of(ports, *package, platform), platform))
    target.tree.capabilities = cuda_capabilities(needs->architectures);
  return target;
}

}  // namespace torchup
