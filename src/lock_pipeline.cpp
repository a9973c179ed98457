#include "src/lock_pipeline.hpp"

#include "torchup/resolver/overrides.hpp"
#include "torchup/resolver/universal_lock.hpp"
#include "torchup/resolver/variant_needs.hpp"
#include "torchup/system/hash.hpp"

#include "src/configured_indexes.hpp"
#include "src/index/pip_settings.hpp"
#include "src/index/resolve_on_index.hpp"
#include "src/index/sdist_reader.hpp"
#include "src/wheel_builder.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <chrono>
#include <memory>
#include <utility>

namespace torchup {
namespace {

PackageName torch_name() { return PackageName::parse("torch").value(); }

/// The releases that every requirement and constraint on torch admits; empty where they admit none that is known.
std::vector<std::string> admitted_releases(const VariantCatalog& catalog, const RequirementList& list) {
  std::vector<std::string> releases = catalog_releases(catalog);
  const auto narrow = [&](const std::vector<Requirement>& requirements) {
    for (const auto& requirement : requirements) {
      if (requirement.name != torch_name()) continue;
      std::erase_if(releases, [&](const std::string& release) {
        const auto version = Version::parse(release);
        return !version || !requirement.specifiers.contains(*version);
      });
    }
  };
  narrow(overridden(list.requirements, list.overrides));
  narrow(list.constraints);
  return releases;
}

VariantWish variant_wish(const LockWish& wish, const std::string& variant_name, const VariantCatalog& catalog, const Target& target) {
  VariantWish variant{.variant = variant_name};
  variant.python = target.markers.values.at("python_version") + (target.tags.free_threaded ? "t" : "");
  const auto& family = torch_family(catalog);
  for (const auto& requirement : wish.list.requirements) {
    const std::string& name = requirement.name.text();
    if (name != "torch" && std::binary_search(family.begin(), family.end(), name)) variant.companions.push_back(name);
  }
  variant.among = admitted_releases(catalog, wish.list);
  if (variant.among.size() == catalog_releases(catalog).size()) variant.among.clear();
  return variant;
}

/// A project says which Pythons it is for (PEP 621, requires-python).
Status check_python(const RequirementList& list, const Target& target) {
  for (const auto& given : list.pythons) {
    if (given.versions.contains(target.python_version)) continue;
    return failure({ErrorKind::host,
                    fmt::format("{} is `{}`, and this is Python {}", given.where, given.versions.text(), target.python_version.text()),
                    {},
                    {"`--python X.Y` names another interpreter"}});
  }
  return {};
}

/// What --hash says under this target, by package.
std::map<PackageName, std::vector<Sha256>> given_hashes(const RequirementList& list, const Target& target) {
  std::map<PackageName, std::vector<Sha256>> hashes;
  for (const auto& given : list.hashes) {
    if (auto allowed = hashes_of(list, given.name, target.markers)) hashes.insert_or_assign(given.name, *std::move(allowed));
  }
  return hashes;
}

/// As for pip: one hash, or --require-hashes, asks for one of every package.
Status check_every_package_has_a_hash(const ResolvedPackages& resolved, const std::map<PackageName, std::vector<Sha256>>& hashes) {
  constexpr std::size_t k_most_shown = 20;
  std::vector<std::string> missing;
  for (const auto& package : resolved.packages) {
    if (!hashes.contains(package.name))
      missing.push_back(fmt::format("{}=={} --hash=sha256:{}", package.name.text(), package.version.text(), package.file.sha256.hex()));
  }
  if (missing.empty()) return {};
  const auto shown = std::min(missing.size(), k_most_shown);
  Error error{ErrorKind::integrity,
              fmt::format("{} of {} packages have no hash in the requirements, and one has", missing.size(), resolved.packages.size()),
              {},
              {}};
  error.hints.push_back(
      "with one hash, or --require-hashes, every package needs one; of the index these lines would do, once they are checked:");
  for (std::size_t i = 0; i < shown; ++i) error.hints.push_back(missing[i]);
  return failure(std::move(error));
}

/// Another for every build of the program, as far as its file's size and time can tell.
std::string program_identity(const std::filesystem::path& self) {
  std::error_code problem;
  const auto size = std::filesystem::file_size(self, problem);
  const auto written = problem ? std::filesystem::file_time_type() : std::filesystem::last_write_time(self, problem);
  return problem ? "" : fmt::format("{} {}", size, written.time_since_epoch().count());
}

/// Chooses and resolves for one target; a second resolution is made where the variant's index does not answer.
class Locking {
 public:
  Locking(const Ports& ports, const LockWish& wish, LockTarget target, IndexClient& client)
      : m_ports(ports),
        m_wish(wish),
        m_client(client),
        m_requests_before(client.counts().network.requests),
        m_start(std::chrono::steady_clock::now()),
        m_facts(std::move(target.facts)),
        m_target(std::move(target.target)),
        m_variant(std::move(target.variant)),
        m_is_here(target.is_here) {}

  Status begin() {
    TORCHUP_TRY(check_python(m_wish.list, m_target));
    m_variant_wish = variant_wish(m_wish, m_variant, m_ports.catalog, m_target);
    TORCHUP_TRY(choose());
    m_ports.diagnostics.explain(m_choice.summary);
    TORCHUP_TRY(choose_indexes());
    return begin_resolution();
  }

  Result<std::optional<LockOutcome>> step() {
    auto outcome = m_resolution->step();
    if (!outcome && framework_index_failed()) {
      if (m_wish.fallback == Fallback::refuse) return failure(with_fallback_hint(std::move(outcome).error()));
      TORCHUP_TRY(fall_back(outcome.error()));
      TORCHUP_TRY(begin_resolution());
      return step();  // once: the framework's own index is not asked again
    }
    if (!outcome) return failure(std::move(outcome).error());
    if (!*outcome) return std::nullopt;
    if (auto* unsolvable = std::get_if<Unsolvable>(&**outcome)) return LockOutcome(explained(std::move(*unsolvable)));
    const auto& resolved = std::get<ResolvedPackages>(**outcome);
    if (m_wish.list.hash_need == HashNeed::everywhere)
      TORCHUP_TRY(check_every_package_has_a_hash(resolved, given_hashes(m_wish.list, m_target)));
    TORCHUP_TRY_ASSIGN(LockOutcome locked, lock(resolved));
    return locked;
  }

 private:
  /// A pinned torch for which no release of its companions is known is no reason to look at no variant at all: what is built for a
  /// stable ABI goes with later releases, too, and metadata tells.
  Status choose() {
    TORCHUP_TRY_ASSIGN(m_choice, choose_variant(m_facts, m_ports.catalog, m_variant_wish));
    if (m_choice.chosen || m_variant_wish.companions.empty()) return {};
    VariantWish alone = m_variant_wish;
    alone.companions.clear();
    TORCHUP_TRY_ASSIGN(VariantChoice choice, choose_variant(m_facts, m_ports.catalog, alone));
    if (!choice.chosen) return {};
    m_ports.diagnostics.warn(
        fmt::format("{} is known for the torch that is asked for: its variant is chosen for torch alone, and "
                    "metadata decides whether they go together",
                    unmatched(m_variant_wish.companions)));
    m_without_companions = std::exchange(m_choice, std::move(choice)).summary;
    m_variant_wish = std::move(alone);
    return {};
  }

  static std::string unmatched(const std::vector<std::string>& companions) {
    return companions.size() == 1 ? fmt::format("no release of `{}`", companions.front())
                                  : fmt::format("no set of releases of `{}`", fmt::join(companions, "`, `"));
  }

  Status choose_indexes() {
    const auto given = [](const std::string& url) { return url.empty() ? std::nullopt : std::optional(url); };
    const Configuration& configuration = m_ports.configuration;
    TORCHUP_TRY_ASSIGN(const ChosenIndex main, choose_main_index(given(m_wish.index_url), m_ports.this_host,
                                                                 m_ports.cache / "default-index", configured_main_index(configuration)));
    m_ports.diagnostics.note(fmt::format("the main index is {} (from {})", main.url.text(), main.source));
    m_indexes.emplace(PackageIndexes{.main = main.url, .pinned = pinned_indexes(configuration, m_ports.this_host)});
    if (!m_choice.chosen || m_choice.chosen->index == VariantIndex::main) return {};
    TORCHUP_TRY_ASSIGN(const ChosenIndex base,
                       choose_torch_index(given(m_wish.torch_index_url), m_ports.this_host, configured_torch_index(configuration)));
    TORCHUP_TRY_ASSIGN(const Url index, torch_variant_index(base.url, variant_index_folder(m_choice.chosen->name)));
    for (const auto& name : torch_family(m_ports.catalog)) {
      TORCHUP_TRY_ASSIGN(const PackageName package, PackageName::parse(name));
      if (m_indexes->pinned.emplace(package, index).second) m_framework.push_back(package);  // the user's own pins come first
    }
    return {};
  }

  Status begin_resolution() {
    SolverRequest request{.requirements = m_wish.list.requirements,
                          .constraints = m_wish.list.constraints,
                          .overrides = m_wish.list.overrides,
                          .environment = m_target.markers,
                          .prereleases = m_wish.prereleases,
                          .order = m_wish.order,
                          .preferences = preferences()};
    if (m_choice.chosen) TORCHUP_TRY(hold_to_release(request, *m_choice.chosen));
    ResolveOptions options{.exclude_newer = m_wish.exclude_newer,
                           .hashes = given_hashes(m_wish.list, m_target),
                           .repairs = m_wish.repairs == Repairs::apply ? &RepairTable::built_in() : nullptr,
                           .buildable = m_wish.buildable,
                           .program = program_identity(m_ports.self),
                           .build_metadata = m_is_here ? metadata_builder() : MetadataBuilder()};
    m_resolution.emplace(std::move(request), m_target, *m_indexes, m_client, m_ports.diagnostics, std::move(options));
    return {};
  }

  MetadataBuilder metadata_builder() const {
    return [this](const PackageName& name, const Version& version, const std::filesystem::path& sdist) -> Result<std::string> {
      TORCHUP_TRY_ASSIGN(const Sha256 digest, sha256_file(sdist));
      const BuildSettings settings{m_target, m_variant, m_wish.fallback, m_wish.index_url, m_wish.torch_index_url};
      return build_metadata(m_ports, settings, {name, version, sdist, digest});
    };
  }

  /// What an existing lock has for this target; where it has nothing for it, what it has for another.
  std::map<PackageName, Version> preferences() const {
    std::map<PackageName, Version> versions;
    if (!m_wish.former) return versions;
    MarkerEnvironment environment = m_target.markers;
    environment.extras = {extra_of_variant(m_variant)};
    const auto& packages = m_wish.former->packages;
    for (const auto& package : packages) {
      if (!package.marker || package.marker->evaluate(environment)) versions.emplace(package.name, package.version);
    }
    for (const auto& package : packages) versions.emplace(package.name, package.version);
    return versions;
  }

  /// Release and variant are chosen together: a device that the newest builds have dropped needs the older torch, and an
  /// accelerator is not given a release that nobody has judged for it. A processor runs any.
  Status hold_to_release(SolverRequest& request, const RankedVariant& chosen) const {
    if (m_facts.accelerators.empty()) return {};
    const auto releases = catalog_releases(m_ports.catalog);
    const bool newest = !releases.empty() && releases.front() == chosen.release;
    TORCHUP_TRY_ASSIGN(Requirement hold, Requirement::parse(fmt::format("torch{}{}", newest ? "<=" : "==", chosen.release)));
    request.constraints.push_back(std::move(hold));
    return {};
  }

  /// Whether a page of the framework's own index was asked for and did not come.
  bool framework_index_failed() const {
    return std::any_of(m_framework.begin(), m_framework.end(), [&](const PackageName& name) {
      const auto* page = m_client.page(m_indexes->of(name), name);
      return page != nullptr && !page->has_value() && page->error().kind == ErrorKind::network;
    });
  }

  Error with_fallback_hint(Error error) const {
    error.hints.insert(error.hints.begin(),
                       fmt::format("the variant `{}` lies on the PyTorch index, which does not answer; `--fallback` takes the "
                                   "build of the main index instead, `--torch-index-url` names a mirror",
                                   m_choice.chosen->name));
    return error;
  }

  Status fall_back(const Error& error) {
    const std::string wanted = m_choice.chosen->name;
    VariantWish wish = m_variant_wish;
    wish.variant = "default";
    TORCHUP_TRY_ASSIGN(m_choice, choose_variant(m_facts, m_ports.catalog, wish));
    m_fallback_reason =
        fmt::format("`{}` was chosen, but the PyTorch index does not answer ({}); the main index's build `{}` is taken instead{}", wanted,
                    error.message, m_choice.chosen ? m_choice.chosen->name : "default", unused_accelerator());
    m_ports.diagnostics.warn(m_fallback_reason);
    for (const PackageName& name : std::exchange(m_framework, {})) m_indexes->pinned.erase(name);
    return {};
  }

  /// Nobody finds out only after gigabytes that the GPU stays idle.
  std::string unused_accelerator() const {
    if (!m_choice.chosen || m_choice.chosen->fits || m_facts.accelerators.empty()) return "";
    const auto& reasons = m_choice.chosen->reasons;
    const auto against = std::find_if(reasons.begin(), reasons.end(), [](const VariantReason& reason) { return !reason.fits; });
    return against == reasons.end() ? "" : fmt::format(", which leaves the accelerator unused: {}", against->text);
  }

  /// Where nothing could be chosen, the reasons belong to the explanation.
  Explanation explained(Unsolvable unsolvable) const {
    Explanation explanation = std::move(unsolvable.explanation);
    if (!m_choice.chosen && !m_choice.summary.empty()) explanation.hints.push_back(m_choice.summary);
    if (!m_without_companions.empty()) explanation.hints.push_back(m_without_companions);
    auto hints = index_hints(m_ports.catalog, overridden(m_wish.list.requirements, m_wish.list.overrides), m_choice.chosen);
    explanation.hints.insert(explanation.hints.end(), std::make_move_iterator(hints.begin()), std::make_move_iterator(hints.end()));
    if (const auto beside = index_beside_main(m_ports.this_host)) {
      explanation.hints.push_back(fmt::format(
          "{} is not searched: each package comes from one index, and `[index.pins]` in config.toml sends one to another", beside->source));
    }
    return explanation;
  }

  /// Says what was repaired, and gives the ids.
  std::vector<std::string> tell_repairs(const ResolvedPackages& resolved) const {
    std::vector<std::string> ids;
    for (const auto& package : resolved.packages) {
      for (const Repair* repair : package.repairs) {
        m_ports.diagnostics.warn(fmt::format("repaired the metadata of `{}` {}: {}; {} ({}); `--no-repairs` takes it as published",
                                             package.name.text(), package.version.text(), repair->reason, change_text(*repair),
                                             repair->id));
        ids.push_back(repair->id);
      }
    }
    return ids;
  }

  /// Says which hashes no index vouches for, and gives the files.
  std::vector<std::string> tell_computed_hashes(const ResolvedPackages& resolved) const {
    std::vector<std::string> files;
    for (const auto& package : resolved.packages) {
      if (package.hash_computed) files.push_back(package.file.name);
    }
    if (!files.empty()) {
      m_ports.diagnostics.warn(fmt::format("the index gives no sha256 for {}: computed from what it served now, and marked so in the lock",
                                           files.size() == 1 ? fmt::format("`{}`", files.front()) : fmt::format("{} files", files.size())));
    }
    return files;
  }

  Result<LockOutcome> lock(const ResolvedPackages& resolved) {
    TORCHUP_TRY_ASSIGN(Marker environment, environment_marker(m_target.markers));
    TORCHUP_TRY_ASSIGN(SpecifierSet python, SpecifierSet::parse(fmt::format("=={}.*", m_target.markers.values.at("python_version"))));
    Locked locked{.lock = {}, .facts = std::move(m_facts), .target = m_target, .targets = {}, .choice = {}, .fallback_reason = {}};
    locked.lock.environments = {std::move(environment)};
    locked.lock.requires_python = std::move(python);
    locked.lock.tool.requests = m_wish.requests;
    locked.lock.tool.repairs = tell_repairs(resolved);
    locked.lock.tool.computed_hashes = tell_computed_hashes(resolved);
    bool all_unpacked_known = true;
    std::map<PackageName, Version> versions;
    for (const auto& package : resolved.packages) versions.emplace(package.name, package.version);
    for (const auto& package : resolved.packages) {
      LockedPackage entry{
          .name = package.name, .version = package.version, .requires_python = package.requires_python, .index = package.index};
      if (is_sdist(package.file.name)) {
        entry.sdist = package.file;
      } else {
        entry.wheels = {package.file};
      }
      for (const auto& name : package.dependencies) {
        if (const auto at = versions.find(name); at != versions.end()) entry.dependencies.emplace_back(at->first, at->second);
      }
      locked.download_bytes += package.file.size.value_or(0);
      all_unpacked_known = all_unpacked_known && package.unpacked_bytes.has_value();
      locked.unpacked_bytes += package.unpacked_bytes.value_or(0);
      locked.lock.packages.push_back(std::move(entry));
    }
    if (!all_unpacked_known) locked.unpacked_bytes = 0;
    if (versions.contains(torch_name()) && m_choice.chosen) {
      locked.lock.tool.variant = m_choice.chosen->name;
      const std::string release = versions.at(torch_name()).without_local().text();
      if (auto needs = variant_needs(m_ports.catalog, release, m_choice.chosen->name, m_target.platform))
        locked.lock.tool.needs.push_back(*std::move(needs));
      locked.lock.tool.variant_reason = m_choice.summary;
      locked.choice = std::move(m_choice);
      locked.fallback_reason = std::move(m_fallback_reason);
    }
    locked.targets = {{.platform = m_target.platform,
                       .python = m_target.python_version.text(),
                       .variant = locked.lock.tool.variant,
                       .packages = locked.lock.packages.size(),
                       .download_bytes = locked.download_bytes}};
    locked.index_requests = m_client.counts().network.requests - m_requests_before;
    locked.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - m_start).count();
    return LockOutcome(std::move(locked));
  }

  const Ports& m_ports;
  const LockWish& m_wish;
  IndexClient& m_client;
  std::uint64_t m_requests_before;
  std::chrono::steady_clock::time_point m_start;
  HostFacts m_facts;
  Target m_target;
  std::string m_variant;
  bool m_is_here;
  VariantWish m_variant_wish;
  VariantChoice m_choice;
  std::string m_without_companions;  // why nothing was chosen for torch and them; empty where something was
  std::optional<PackageIndexes> m_indexes;
  std::vector<PackageName> m_framework;  // those that come from the variant's index
  std::string m_fallback_reason;
  std::optional<Resolution> m_resolution;  // refers to the target and the indexes above
};

}  // namespace

Result<LockSteps> begin_lock(const Ports& ports, const LockWish& wish, LockTarget target, IndexClient& client) {
  const auto locking = std::make_shared<Locking>(ports, wish, std::move(target), client);
  TORCHUP_TRY(locking->begin());
  return [locking] { return locking->step(); };
}

}  // namespace torchup
