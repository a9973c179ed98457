#include "torchup/resolver/lockfile.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>

namespace torchup {
namespace {

tl::unexpected<Error> refused(std::string message, std::string hint) {
  return failure({ErrorKind::lock, std::move(message), {}, {std::move(hint)}});
}

// A pre-release of Python counts as its release here: 3.15.0rc1 is what >=3.15 is tried with before 3.15.0 exists.
Result<Version> python_release(const MarkerEnvironment& environment) {
  const auto written = environment.values.find("python_full_version");
  if (written == environment.values.end()) return failure({ErrorKind::internal, "the target's `python_full_version` is not known", {}, {}});
  TORCHUP_TRY_ASSIGN(const Version version, Version::parse(written->second));
  return Version::parse(fmt::format("{}", fmt::join(version.release(), ".")));
}

Status check_environments(const Lockfile& lock, const MarkerEnvironment& environment) {
  if (lock.environments.empty()) return {};
  const auto holds = [&](const Marker& marker) { return marker.evaluate(environment); };
  if (std::any_of(lock.environments.begin(), lock.environments.end(), holds)) return {};
  std::string made_for;
  for (const Marker& marker : lock.environments) made_for += fmt::format("{}`{}`", made_for.empty() ? "" : ", ", marker.text());
  return refused("the lock file was not made for this platform and Python, only for " + made_for,
                 "lock again on this machine, or with `--platform` and `--python`");
}

Status check_python(const std::optional<SpecifierSet>& wanted, const Version& python, const std::string& who) {
  if (!wanted || wanted->contains(python)) return {};
  return refused(fmt::format("{} needs Python `{}`, and the environment's is {}", who, wanted->text(), python.text()),
                 "choose another interpreter with `--python`, or lock again for this one");
}

}  // namespace

Result<std::vector<LockedPackage>> select_packages(const Lockfile& lock, const MarkerEnvironment& environment) {
  TORCHUP_TRY_ASSIGN(const Version python, python_release(environment));
  TORCHUP_TRY(check_python(lock.requires_python, python, "the lock file"));
  TORCHUP_TRY(check_environments(lock, environment));

  MarkerEnvironment target = environment;
  if (target.dependency_groups.empty()) target.dependency_groups.insert(lock.default_groups.begin(), lock.default_groups.end());

  std::map<PackageName, const LockedPackage*> chosen;
  for (const LockedPackage& package : lock.packages) {
    if (package.marker && !package.marker->evaluate(target)) continue;
    TORCHUP_TRY(check_python(package.requires_python, python, fmt::format("`{}` {}", package.name.text(), package.version.text())));
    const auto [at, added] = chosen.emplace(package.name, &package);
    if (!added) {
      return refused(fmt::format("the lock file has two entries of `{}` for this environment, {} and {}", package.name.text(),
                                 at->second->version.text(), package.version.text()),
                     "write the lock again");
    }
  }
  for (const KeptEntry& package : lock.kept) {
    if (package.marker && !package.marker->evaluate(target)) continue;
    return refused(fmt::format("`{}` cannot be installed from the lock file: {}", package.name.text(), package.why),
                   "only wheels and sdists with a URL and a sha256 are installed: lock the package as one of them");
  }
  std::vector<LockedPackage> result;
  result.reserve(chosen.size());
  for (const auto& [name, package] : chosen) result.push_back(*package);
  return result;
}

}  // namespace torchup
