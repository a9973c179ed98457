#include "src/bundle_selection.hpp"

#include "torchup/probes/probe.hpp"
#include "torchup/resolver/choose_wheel.hpp"
#include "torchup/resolver/universal_lock.hpp"

#include "src/host_python.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <utility>

namespace torchup {
namespace {

constexpr unsigned k_first_minor = 8, k_last_minor = 30;  // of CPython 3

struct BundleTarget {
  HostFacts facts;
  Target target;
};

tl::unexpected<Error> without_wheel(const LockedPackage& package, const std::string& where) {
  return failure({ErrorKind::lock,
                  fmt::format("the lock has no wheel of `{} {}`{}, and a bundle holds wheels alone", package.name.text(),
                              package.version.text(), where),
                  {},
                  {"lock without it, or for a target that has a wheel"}});
}

Status check_variants(const Lockfile& lock, const std::vector<std::string>& wanted) {
  const auto& there = lock.tool.variants;
  for (const std::string& name : wanted) {
    if (std::ranges::find(there, name) != there.end() || (there.empty() && name == lock.tool.variant)) continue;
    const std::vector<std::string> one = {lock.tool.variant.empty() ? "none" : lock.tool.variant};
    return failure({ErrorKind::usage,
                    fmt::format("the lock has no variant `{}`, only {}", name, fmt::join(there.empty() ? one : there, ", ")),
                    {},
                    {}});
  }
  return {};
}

class Selecting {
 public:
  Selecting(const Lockfile& lock, const BundleSelection& selection, const VariantCatalog& catalog)
      : m_lock(lock), m_selection(selection), m_catalog(catalog) {}

  Result<SelectedWheels> run() {
    TORCHUP_TRY(check_variants(m_lock, m_selection.variants));
    if (m_selection.host != nullptr) {
      TORCHUP_TRY(take_host());
    } else if (!m_selection.platforms.empty()) {
      for (const std::string& platform : m_selection.platforms) TORCHUP_TRY(take_platform(platform));
    } else {
      TORCHUP_TRY(take_all());
    }
    return std::move(m_selected);
  }

 private:
  /// Without a platform every wheel counts, but for those of variants that are not wanted.
  Status take_all() {
    const auto is_wanted = [&](const LockedPackage& package) {
      if (!package.marker || m_selection.variants.empty()) return true;
      const auto& all = m_lock.tool.variants;
      return std::ranges::any_of(m_selection.variants, [&](const std::string& variant) {
        const std::string extra = extra_of_variant(variant);
        // A package of another variant alone names that variant's extra and not this one's.
        const std::string text = package.marker->text();
        const bool names_some = std::ranges::any_of(all, [&](const auto& each) { return names_extra(text, extra_of_variant(each)); });
        return !names_some || names_extra(text, extra);
      });
    };
    for (const LockedPackage& package : m_lock.packages) {
      if (!is_wanted(package)) continue;
      if (package.wheels.empty()) return without_wheel(package, "");
      m_selected.wheels.insert(m_selected.wheels.end(), package.wheels.begin(), package.wheels.end());
    }
    m_selected.variants = m_selection.variants.empty() ? variants_of_lock() : m_selection.variants;
    return {};
  }

  static bool names_extra(const std::string& marker, const std::string& extra) {
    return marker.find(fmt::format("\"{}\"", extra)) != std::string::npos || marker.find(fmt::format("'{}'", extra)) != std::string::npos;
  }

  std::vector<std::string> variants_of_lock() const {
    if (!m_lock.tool.variants.empty()) return m_lock.tool.variants;
    return m_lock.tool.variant.empty() ? std::vector<std::string>() : std::vector{m_lock.tool.variant};
  }

  Status take_host() {
    HostFacts facts = probe_host(*m_selection.host, python_search({python_wish(m_selection.python)}));
    auto python = choose_python(facts, m_selection.python);
    if (!python && !m_selection.python.empty()) python = named_python(m_selection.python);
    if (!python) return failure(std::move(python).error());
    TORCHUP_TRY_ASSIGN(Target target, make_target(facts, *python));
    std::vector<std::string> variants = m_selection.variants;
    if (variants.empty() && !m_lock.tool.variants.empty()) {
      TORCHUP_TRY_ASSIGN(const RankedVariant chosen, choose_locked_variant(facts, m_catalog, m_lock, target.markers));
      variants = {chosen.name};
    }
    return take_target(target, variants.empty() ? variants_of_lock() : variants);
  }

  /// Each Python that the lock has all wheels of, or the one that is named.
  Status take_platform(const std::string& platform) {
    TORCHUP_TRY_ASSIGN(const HostFacts facts, named_host(platform));
    const std::vector<std::string> variants = m_selection.variants.empty() ? variants_of_lock() : m_selection.variants;
    if (!m_selection.python.empty()) {
      TORCHUP_TRY_ASSIGN(const Target target, named_target(facts, m_selection.python));
      return take_target(target, variants);
    }
    std::optional<Error> first;
    std::size_t taken = 0;
    for (unsigned minor = k_first_minor; minor <= k_last_minor; ++minor) {
      TORCHUP_TRY_ASSIGN(const Target target, named_target(facts, fmt::format("3.{}", minor)));
      if (m_lock.requires_python && !m_lock.requires_python->contains(target.python_version)) continue;
      const Status done = take_target(target, variants);
      taken += done ? 1 : 0;
      if (!done && !first) first = done.error();
    }
    if (taken > 0) return {};
    if (!first) first = Error{ErrorKind::lock, "the lock is for no Python 3 that is known", {}, {}};
    return with_context(Status(failure(*std::move(first))), fmt::format("while selecting what `{}` installs", platform));
  }

  static Result<Target> named_target(const HostFacts& facts, const std::string& version) {
    TORCHUP_TRY_ASSIGN(const Python python, named_python(version));
    return make_target(facts, python);
  }

  /// Takes all or nothing.
  Status take_target(const Target& target, const std::vector<std::string>& variants) {
    std::vector<LockedFile> wheels;
    const bool has_several = !m_lock.tool.variants.empty();
    for (const std::string& variant : has_several ? variants : std::vector<std::string>{""}) {
      MarkerEnvironment environment = target.markers;
      if (!variant.empty()) environment.extras = {extra_of_variant(variant)};
      TORCHUP_TRY(add_wheels(target, environment, wheels));
      m_selected.targets.push_back(fmt::format("{}, Python {}{}", target.platform, target.markers.values.at("python_version"),
                                               variant.empty() ? "" : ", " + variant));
    }
    m_selected.wheels.insert(m_selected.wheels.end(), wheels.begin(), wheels.end());
    m_selected.variants.insert(m_selected.variants.end(), variants.begin(), variants.end());
    return {};
  }

  Status add_wheels(const Target& target, const MarkerEnvironment& environment, std::vector<LockedFile>& wheels) const {
    TORCHUP_TRY_ASSIGN(const std::vector<LockedPackage> packages, select_packages(m_lock, environment));
    const SupportedTags supported(target.tags);
    for (const LockedPackage& package : packages) {
      std::vector<std::string> names;
      for (const LockedFile& wheel : package.wheels) names.push_back(wheel.name);
      const auto place = choose_wheel(names, supported);
      if (!place) {
        return without_wheel(package, fmt::format(" for {} and Python {}", target.platform, target.markers.values.at("python_version")));
      }
      wheels.push_back(package.wheels[*place]);
    }
    return {};
  }

  const Lockfile& m_lock;
  const BundleSelection& m_selection;
  const VariantCatalog& m_catalog;
  SelectedWheels m_selected;
};

}  // namespace

Result<SelectedWheels> select_wheels(const Lockfile& lock, const BundleSelection& selection, const VariantCatalog& catalog) {
  return Selecting(lock, selection, catalog).run();
}

}  // namespace torchup
