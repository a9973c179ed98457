// Which of the variants that a lock holds is the one for this machine?

#include "torchup/resolver/lockfile.hpp"
#include "torchup/resolver/universal_lock.hpp"
#include "torchup/resolver/variant.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <map>

namespace torchup {
namespace {

/// The torch that the lock installs with this extra; nothing where it has none.
std::optional<Version> torch_of(const Lockfile& lock, MarkerEnvironment environment, const std::string& variant) {
  environment.extras = {extra_of_variant(variant)};
  for (const auto& package : lock.packages) {
    if (package.name.text() == "torch" && (!package.marker || package.marker->evaluate(environment))) return package.version;
  }
  return std::nullopt;
}

}  // namespace

Result<RankedVariant> choose_locked_variant(const HostFacts& facts, const VariantCatalog& catalog, const Lockfile& lock,
                                            const MarkerEnvironment& environment) {
  std::map<Version, std::vector<std::string>, std::greater<>> releases;  // newest first
  for (const auto& variant : lock.tool.variants) {
    if (const auto torch = torch_of(lock, environment, variant)) releases[torch->without_local()].push_back(variant);
  }
  std::optional<RankedVariant> cpu;
  for (const auto& [release, variants] : releases) {
    VariantWish wish{.release = release.text(), .python = environment.values.at("python_version")};
    TORCHUP_TRY_ASSIGN(const VariantChoice choice, choose_variant(facts, catalog, wish));
    for (const RankedVariant& ranked : choice.ranked) {
      if (!ranked.fits || std::find(variants.begin(), variants.end(), ranked.name) == variants.end()) continue;
      if (ranked.name != "cpu") return ranked;
      if (!cpu) cpu = ranked;
    }
  }
  if (cpu) return *cpu;
  return failure({ErrorKind::lock,
                  fmt::format("none of the lock's variants ({}) fits this host", fmt::join(lock.tool.variants, ", ")),
                  {},
                  {"`torchup variants` says why, `--variant NAME` takes one all the same"}});
}

}  // namespace torchup
