#include "src/bundle_source.hpp"

#include "torchup/resolver/universal_lock.hpp"

#include "src/bundle/bundle_contents.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cerrno>
#include <stdlib.h>
#include <system_error>
#include <utility>

namespace torchup {
namespace {

namespace fs = std::filesystem;

constexpr const char* k_folder = "bundles";

Result<OwnedFolder> make_folder(const fs::path& cache) {
  const fs::path folder = cache / k_folder;
  std::error_code problem;
  fs::create_directories(folder, problem);
  if (problem) return failure(host_error("make the folder", folder, problem.value()));
  std::string name = (folder / "XXXXXX").string();
  if (::mkdtemp(name.data()) == nullptr) return failure(host_error("make a folder in", folder, errno));
  return OwnedFolder(name);
}

bool has(const std::vector<std::string>& names, const std::string& name) { return std::ranges::find(names, name) != names.end(); }

/// The lock's variants of which the bundle has the wheels; one that is empty where the lock has no framework.
std::vector<std::string> variants_in(const Lockfile& lock, const std::vector<std::string>& bundled) {
  if (lock.tool.variants.empty()) return {lock.tool.variant};
  std::vector<std::string> there;
  std::ranges::copy_if(lock.tool.variants, std::back_inserter(there), [&](const auto& name) { return has(bundled, name); });
  return there;
}

MarkerEnvironment with_variant(MarkerEnvironment environment, const Lockfile& lock, const std::string& variant) {
  if (!lock.tool.variants.empty() && !variant.empty()) environment.extras.insert(extra_of_variant(variant));
  return environment;
}

std::optional<Version> torch_among(const std::vector<LockedPackage>& packages) {
  const auto found = std::ranges::find_if(packages, [](const LockedPackage& package) { return package.name.text() == "torch"; });
  return found == packages.end() ? std::nullopt : std::optional(found->version.without_local());
}

enum class Fit { none, processor, accelerator };

/// How well a variant of that torch goes with the host.
Fit fit_of(const HostFacts& facts, const VariantCatalog& catalog, const std::optional<Version>& torch, const std::string& variant,
           const MarkerEnvironment& environment) {
  if (!torch || variant.empty()) return Fit::none;
  const VariantWish wish{.release = torch->text(), .variant = variant, .python = environment.values.at("python_version")};
  const auto choice = choose_variant(facts, catalog, wish);
  if (!choice || !choice->chosen || !choice->chosen->fits) return Fit::none;
  return variant == "cpu" ? Fit::processor : Fit::accelerator;
}

}  // namespace

BundleSource::BundleSource(std::shared_ptr<const Bundle> bundle, const Ports& ports, OwnedFolder folder, FileDescriptor lock)
    : m_bundle(std::move(bundle)),
      m_catalog(&ports.catalog),
      m_configuration(ports.configuration),
      m_transport(m_bundle, ports.cancellation),
      m_lock(std::move(lock)),
      m_folder(std::move(folder)) {
  m_configuration.pins.clear();
  m_configuration.mirrors.clear();
}

Result<std::unique_ptr<BundleSource>> BundleSource::open(const fs::path& file, const Ports& ports, bool own_catalog) {
  TORCHUP_TRY_ASSIGN(Bundle opened, Bundle::open(file));
  const auto bundle = std::make_shared<const Bundle>(std::move(opened));
  TORCHUP_TRY_ASSIGN(OwnedFolder folder, make_folder(ports.cache));
  TORCHUP_TRY_ASSIGN(FileDescriptor lock, FileDescriptor::open_directory(folder.path()));
  TORCHUP_TRY(lock.try_lock());
  std::unique_ptr<BundleSource> source(new BundleSource(bundle, ports, std::move(folder), std::move(lock)));
  for (const PlacedMember& placed : bundle->members()) {
    if (placed.member.kind != MemberKind::lock && placed.member.kind != MemberKind::catalog) continue;
    const std::string frame = fmt::format("while reading `{}` of the bundle `{}`", placed.member.path, file.string());
    TORCHUP_TRY_ASSIGN(const std::string text, with_context(bundle->content(placed), frame));
    if (placed.member.kind == MemberKind::lock) {
      TORCHUP_TRY_ASSIGN(Lockfile locked, with_context(read_lock(text), frame));
      source->m_locks.push_back(std::move(locked));
    } else if (!own_catalog) {
      TORCHUP_TRY_ASSIGN(source->m_own_catalog, with_context(VariantCatalog::parse(text), frame));
      source->m_catalog = &*source->m_own_catalog;
    }
  }
  return source;
}

Result<BundledChoice> BundleSource::choose(const HostFacts& facts, const MarkerEnvironment& environment, const std::string& variant) const {
  const auto& bundled = m_bundle->manifest().variants;
  const bool is_auto = variant == "auto" || variant.empty();
  if (!is_auto && !has(bundled, variant)) {
    return failure({ErrorKind::usage,
                    fmt::format("the bundle `{}` has no variant `{}`, only {}", m_bundle->path().string(), variant,
                                bundled.empty() ? "packages without one" : fmt::format("{}", fmt::join(bundled, ", "))),
                    {},
                    {"`torchup bundle add` adds to it where there is a network"}});
  }
  std::optional<BundledChoice> best;
  Fit best_fit = Fit::none;
  std::optional<Error> refused;
  for (const Lockfile& lock : m_locks) {
    for (const std::string& name : variants_in(lock, bundled)) {
      if (!is_auto && name != variant) continue;
      const auto packages = select_packages(lock, with_variant(environment, lock, name));
      if (!packages) {
        if (!refused) refused = packages.error();
        continue;
      }
      const Fit fit = fit_of(facts, *m_catalog, torch_among(*packages), name, environment);
      if (best && fit <= best_fit) continue;
      best = BundledChoice{lock, name};
      best_fit = fit;
    }
  }
  if (best) return *std::move(best);
  Error error{ErrorKind::lock, fmt::format("no lock in the bundle `{}` is for this host and Python", m_bundle->path().string()), {}, {}};
  if (refused) error.context.push_back(refused->message);
  error.hints.emplace_back("`torchup bundle list` shows what it is for, `--python` takes another interpreter");
  return failure(std::move(error));
}

Status BundleSource::direct(LockWish& wish, const BundledChoice& choice, const MarkerEnvironment& environment) {
  m_configuration.pins.clear();
  const auto pin = [&](const std::vector<LockedPackage>& packages) {
    for (const LockedPackage& package : packages) m_configuration.pins.try_emplace(package.name, index_in_bundle(package));
  };
  TORCHUP_TRY_ASSIGN(const std::vector<LockedPackage> chosen,
                     select_packages(choice.lock, with_variant(environment, choice.lock, choice.variant)));
  pin(chosen);
  for (const Lockfile& lock : m_locks) {  // what only another lock has
    for (const std::string& name : variants_in(lock, m_bundle->manifest().variants)) {
      if (!name.empty() && !choice.variant.empty() && name != choice.variant) continue;
      if (const auto packages = select_packages(lock, with_variant(environment, lock, name))) pin(*packages);
    }
  }
  wish.index_url = chosen.empty() ? "https://bundle.invalid/simple/" : index_in_bundle(chosen.front()).text();
  wish.variant = choice.variant.empty() ? "default" : choice.variant;
  if (const auto torch = torch_among(chosen)) {
    TORCHUP_TRY_ASSIGN(Requirement hold, Requirement::parse(fmt::format("torch=={}", torch->text())));
    wish.list.constraints.push_back(std::move(hold));
  }
  return {};
}

Ports BundleSource::ports(const Ports& given) const {
  return {.host = given.host,
          .this_host = given.this_host,
          .transport = m_transport,
          .catalog = *m_catalog,
          .configuration = m_configuration,
          .cache = given.cache,
          .ledger = given.ledger,
          .self = given.self,
          .offline = false,  // a bundle is no network
          .diagnostics = given.diagnostics,
          .cancellation = given.cancellation,
          .index_cache = m_folder.path()};
}

std::vector<fs::path> stale_bundle_folders(const fs::path& cache) {
  std::vector<fs::path> stale;
  std::error_code none;
  for (const auto& entry : fs::directory_iterator(cache / k_folder, none)) {
    const auto folder = FileDescriptor::open_directory(entry.path());
    if (!folder) continue;
    const auto is_free = folder->try_lock();
    if (is_free && *is_free) stale.push_back(entry.path());
  }
  std::ranges::sort(stale);
  return stale;
}

}  // namespace torchup
