#include "torchup/resolver/catalog_check.hpp"

#include "torchup/resolver/wheel_name.hpp"

#include "resolver/variants/catalog_data.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <set>
#include <tuple>

namespace torchup {
namespace {

/// "linux-x86_64" of a wheel's platform tag; empty for platforms that torch is not built for.
std::string platform_of_tag(std::string_view tag) {
  if (tag == "win_amd64") return "windows-x86_64";
  if (tag == "win_arm64") return "windows-arm64";
  const bool is_linux = tag.starts_with("manylinux") || tag.starts_with("linux_");
  if (is_linux && tag.ends_with("_x86_64")) return "linux-x86_64";
  if (is_linux && tag.ends_with("_aarch64")) return "linux-aarch64";
  if (tag.starts_with("macosx_") && tag.ends_with("_arm64")) return "macos-arm64";
  if (tag.starts_with("macosx_") && tag.ends_with("_x86_64")) return "macos-x86_64";
  return {};
}

/// "cp314t" of cp314 and its free-threaded ABI; else the Python's own tag.
std::string python_of(const Tag& tag) { return tag.abi.ends_with('t') && tag.abi.starts_with("cp") ? tag.python + "t" : tag.python; }

using Wheels = std::map<std::string, std::set<std::string>>;  // tag to Pythons
using Builds = std::map<std::string, std::set<std::string>>;  // variant to platforms

/// What the indexes list of one release.
struct Listing {
  Wheels wheels;
  Builds builds;
};

std::map<NumericVersion, Listing, std::greater<>> by_release(const std::vector<ListedWheel>& listed) {
  std::map<NumericVersion, Listing, std::greater<>> releases;
  for (const auto& wheel : listed) {
    const auto version = NumericVersion::parse(wheel.release);
    if (!version) continue;
    auto& listing = releases[*version];
    if (wheel.index == VariantIndex::main) listing.wheels[wheel.tag].insert(wheel.python);
    if (wheel.index == VariantIndex::torch && !wheel.variant.empty()) listing.builds[wheel.variant].insert(wheel.platform);
  }
  return releases;
}

std::string joined(const std::set<std::string>& words) { return fmt::format("{}", fmt::join(words, ", ")); }

std::set<std::string> without(const std::set<std::string>& all, const std::set<std::string>& some) {
  std::set<std::string> left;
  std::set_difference(all.begin(), all.end(), some.begin(), some.end(), std::inserter(left, left.end()));
  return left;
}

/// Compares two tables of the same form and tells of each word that only one of them has.
class Comparison {
 public:
  Comparison(std::string release, std::vector<CatalogGap>& gaps) : m_release(std::move(release)), m_gaps(gaps) {}

  void wheels(const Wheels& known, const Wheels& listed) {
    compare(known, listed, [&](const std::string& tag, const std::set<std::string>& pythons, bool is_new) {
      const auto subject = fmt::format("{} for {}", joined(pythons), tag);
      add(is_new ? "wheels-missing" : "wheels-gone", subject,
          is_new ? fmt::format("the main index has torch {} of {}, and the catalog does not", m_release, subject)
                 : fmt::format("the catalog has torch {} of {}, and the main index does not", m_release, subject));
    });
  }

  void builds(const Builds& known, const Builds& listed) {
    compare(known, listed, [&](const std::string& variant, const std::set<std::string>& platforms, bool is_new) {
      const auto subject = fmt::format("{} on {}", variant, joined(platforms));
      add(is_new ? "variant-missing" : "variant-gone", subject,
          is_new ? fmt::format("the PyTorch index has torch {} {}, and the catalog does not", m_release, subject)
                 : fmt::format("the catalog has torch {} {}, and the PyTorch index does not", m_release, subject));
    });
  }

  void add(const char* kind, std::string subject, std::string text) {
    m_gaps.push_back({kind, m_release, std::move(subject), std::move(text)});
  }

 private:
  template <class Table, class Tell>
  static void compare(const Table& known, const Table& listed, Tell tell) {
    const auto missing_of = [](const Table& all, const Table& some, const std::string& key) {
      const auto at = some.find(key);
      return at == some.end() ? all.at(key) : without(all.at(key), at->second);
    };
    for (const auto& [key, words] : listed) {
      if (const auto left = missing_of(listed, known, key); !left.empty()) tell(key, left, true);
    }
    for (const auto& [key, words] : known) {
      if (const auto left = missing_of(known, listed, key); !left.empty()) tell(key, left, false);
    }
  }

  std::string m_release;
  std::vector<CatalogGap>& m_gaps;
};

Wheels wheels_of(const ReleaseRow& release) {
  Wheels wheels;
  for (const auto& row : release.wheels) wheels[row.tag].insert(row.pythons.begin(), row.pythons.end());
  return wheels;
}

/// The builds that the PyTorch index should list with a label: macOS wheels have none, and lie among the CPU's.
Builds builds_of(const ReleaseRow& release) {
  Builds builds;
  for (const auto& build : release.builds) {
    for (const auto& platform : build.platforms) {
      if (!platform.starts_with("macos")) builds[build.name].insert(platform);
    }
  }
  return builds;
}

}  // namespace

std::vector<ListedWheel> parse_listed_wheel(std::string_view filename, VariantIndex index) {
  std::vector<ListedWheel> wheels;
  const auto name = WheelName::parse(filename);
  if (!name || name->name.text() != "torch" || name->version.is_prerelease()) return wheels;
  for (const auto& tag : name->tags) {
    const auto platform = platform_of_tag(tag.platform);
    if (platform.empty()) continue;
    wheels.push_back({.index = index,
                      .release = name->version.without_local().text(),
                      .variant = name->version.local_text(),
                      .platform = platform,
                      .tag = tag.platform,
                      .python = python_of(tag),
                      .filename = std::string(filename)});
  }
  return wheels;
}

std::vector<CatalogGap> find_catalog_gaps(const VariantCatalog& catalog, const std::vector<ListedWheel>& listed) {
  const auto asked = [&](VariantIndex index) {
    return std::any_of(listed.begin(), listed.end(), [&](const auto& wheel) { return wheel.index == index; });
  };
  const bool main_asked = asked(VariantIndex::main), torch_asked = asked(VariantIndex::torch);
  const auto& rows = catalog.data().releases;
  auto releases = by_release(listed);
  for (const auto& row : rows) releases.try_emplace(row.version);
  std::vector<CatalogGap> gaps;
  for (const auto& [version, listing] : releases) {
    if (version < rows.back().version) continue;
    Comparison comparison(version.text(), gaps);
    const auto row = std::ranges::find(rows, version, &ReleaseRow::version);
    if (row == rows.end()) {
      const auto& where = listing.wheels.empty() ? "the PyTorch index" : "the main index";
      comparison.add("release-missing", "torch " + version.text(),
                     fmt::format("{} has torch {}, and the catalog does not", where, version.text()));
      continue;
    }
    if (main_asked) comparison.wheels(wheels_of(*row), listing.wheels);
    if (torch_asked) comparison.builds(builds_of(*row), listing.builds);
  }
  return gaps;
}

std::vector<std::string> unknown_releases(const VariantCatalog& catalog, const std::vector<ListedWheel>& listed, std::size_t most) {
  std::vector<std::string> releases;
  for (const auto& gap : find_catalog_gaps(catalog, listed)) {
    if (gap.kind == "release-missing" && releases.size() < most) releases.push_back(gap.release);
  }
  return releases;
}

DerivedRelease derive_release(const std::string& release, const std::vector<ListedWheel>& listed,
                              std::map<std::string, std::string> defaults) {
  std::map<std::string, std::set<std::string>> wheels, variants;
  for (const auto& wheel : listed) {
    if (wheel.release != release) continue;
    if (wheel.index == VariantIndex::main) wheels[wheel.tag].insert(wheel.python);
    if (wheel.index == VariantIndex::torch && !wheel.variant.empty()) variants[wheel.variant].insert(wheel.platform);
    // macOS wheels have no label: they are the CPU's and Apple's GPU at once.
    if (wheel.platform.starts_with("macos")) variants["cpu"].insert(wheel.platform);
  }
  for (const auto& [platform, variant] : defaults) variants[variant].insert(platform);
  DerivedRelease derived{.release = release, .wheels = {}, .defaults = std::move(defaults), .variants = {}};
  for (const auto& [tag, pythons] : wheels) derived.wheels.emplace(tag, std::vector<std::string>(pythons.begin(), pythons.end()));
  for (const auto& [variant, platforms] : variants)
    derived.variants.emplace(variant, std::vector<std::string>(platforms.begin(), platforms.end()));
  return derived;
}

std::vector<std::pair<std::string, std::string>> missing_toolkits(const VariantCatalog& catalog, const std::vector<std::string>& variants) {
  std::vector<std::pair<std::string, std::string>> missing;
  for (const auto& variant : variants) {
    const auto& known = catalog.data().toolkits;
    const bool is_known = std::any_of(known.begin(), known.end(), [&](const auto& row) { return row.variant == variant; });
    // "cu134" is CUDA 13.4: the last digit is the minor number.
    const bool is_cuda =
        variant.starts_with("cu") && variant.size() >= 4 && variant.find_first_not_of("0123456789", 2) == std::string::npos;
    if (is_cuda && !is_known) missing.emplace_back(variant, fmt::format("{}.{}", variant.substr(2, variant.size() - 3), variant.back()));
  }
  return missing;
}

}  // namespace torchup
