#include "src/wanted_artifacts.hpp"

#include "src/configured_indexes.hpp"
#include "src/index/index_client.hpp"
#include "src/wheel_builder.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <system_error>
#include <utility>

namespace torchup {
namespace {

/// The sdist of a package, off the network or out of the cache; its hash is the lock's.
Result<SourceDistribution> fetch_sdist(const Ports& ports, const LockedPackage& package, const std::vector<Mirror>& mirrors) {
  IndexClient client({.cache = ports.cache / "index", .offline = ports.offline ? Offline::yes : Offline::no}, ports.transport,
                     ports.cancellation, ports.diagnostics);
  const LockedFile& locked = *package.sdist;
  const Url url = with_login_of(indexes_with_login(ports.configuration, ports.this_host), sources_of(locked.url, mirrors).front());
  const ProjectFile file{.filename = locked.name, .url = url, .sha256 = locked.sha256, .size = locked.size};
  client.want_metadata(file);
  while (client.metadata(file) == nullptr) TORCHUP_TRY(client.drive());
  if (!*client.metadata(file)) return failure(client.metadata(file)->error());
  TORCHUP_TRY_ASSIGN(std::filesystem::path path, client.sdist(file));
  return SourceDistribution{package.name, package.version, std::move(path), locked.sha256};
}

/// A locked sdist as the wheel that is built from it: its file stands where a download's would, so that it goes through every
/// check that a download goes through.
Result<ArtifactRequest> built_wheel_of(const Ports& ports, const InstallWish& wish, const LockedPackage& package, const Store& store) {
  if (!wish.buildable.contains(package.name)) {
    return failure({ErrorKind::usage,
                    fmt::format("`{} {}` has no wheel for this interpreter, and its sdist may not be built", package.name.text(),
                                package.version.text()),
                    {},
                    {fmt::format("`--allow-build {}` runs its code to build one", package.name.text())}});
  }
  TORCHUP_TRY_ASSIGN(const SourceDistribution source, fetch_sdist(ports, package, wish.mirrors));
  TORCHUP_TRY_ASSIGN(const BuiltWheel built, build_wheel(ports, {.target = wish.target}, source));
  ArtifactRequest request{package.name, package.version, {built.name, package.sdist->url, built.size, built.sha256}};
  if (store.has(built.sha256)) return request;
  std::error_code problem;
  const auto part = store.part_file(built.sha256);
  std::filesystem::create_directories(part.parent_path(), problem);
  std::filesystem::copy_file(built.path, part, std::filesystem::copy_options::overwrite_existing, problem);
  if (problem)
    return failure({ErrorKind::host, fmt::format("cannot copy `{}` into the store: {}", built.path.string(), problem.message()), {}, {}});
  return request;
}

/// Whether the user asked for it by name, and not only something that it serves.
bool is_requested(const Lockfile& lock, const PackageName& name) {
  return std::any_of(lock.tool.requests.begin(), lock.tool.requests.end(), [&](const std::string& text) {
    const auto requirement = Requirement::parse(text);
    return requirement && requirement->name == name;
  });
}

}  // namespace

Result<ArtifactRequest> wheel_of(const Ports& ports, const InstallWish& wish, const LockedPackage& package, const SupportedTags& supported,
                                 const Store& store) {
  std::vector<std::string> names;
  for (const auto& wheel : package.wheels) names.push_back(wheel.name);
  const auto place = choose_wheel(names, supported);
  if (!place && package.sdist) return built_wheel_of(ports, wish, package, store);
  if (!place) {
    return failure({ErrorKind::lock,
                    fmt::format("the lock has no wheel of `{} {}` for this interpreter", package.name.text(), package.version.text()),
                    {},
                    {"lock again for this host: `torchup lock`"}});
  }
  return ArtifactRequest{package.name, package.version, package.wheels[*place]};
}

Result<std::vector<WantedArtifact>> wanted_artifacts(const Ports& ports, const InstallWish& wish, const Store& store) {
  std::vector<WantedArtifact> wanted;
  if (wish.archive) {
    wanted.push_back({.request = wish.archive->request});
    return wanted;
  }
  TORCHUP_TRY_ASSIGN(const std::vector<LockedPackage> packages, select_packages(wish.lock, wish.target.markers));
  const SupportedTags supported(wish.target.tags);
  for (const LockedPackage& package : packages) {
    TORCHUP_TRY_ASSIGN(ArtifactRequest request, wheel_of(ports, wish, package, supported, store));
    wanted.push_back({std::move(request), package.index ? package.index->text() : "", is_requested(wish.lock, package.name)});
  }
  return wanted;
}

}  // namespace torchup
