// The catalog as values for those who print it.
#include "torchup/resolver/catalog_check.hpp"

#include "resolver/variants/code_list.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

namespace torchup {
namespace {

const CxxRow* find_cxx(const VariantCatalog::Data& catalog, const NumericVersion& release, std::string_view machine) {
  const auto is_it = [&](const CxxRow& row) {
    return in_range(release, row.from, row.to) && (row.machine == machine || row.machine == "any");
  };
  const auto at = std::find_if(catalog.cxx.begin(), catalog.cxx.end(), is_it);
  return at == catalog.cxx.end() ? nullptr : &*at;
}

CatalogRelease contents_of(const VariantCatalog& catalog, const ReleaseRow& row) {
  CatalogRelease release{.release = row.version.text()};
  release.defaults.insert(row.defaults.begin(), row.defaults.end());
  release.source = row.source;
  for (const auto& wheels : row.wheels) release.wheels[wheels.tag] = wheels.pythons;
  for (const auto& companion : row.companions) release.companions.emplace_back(companion.name, companion.version);
  for (const auto& build : row.builds) {
    release.variants[build.name] = build.platforms;
    for (const auto& platform : build.platforms) {
      const auto key = fmt::format("{} on {}", build.name, platform);
      const auto code = find_code(catalog.data(), platform, row.version, build.name);
      if (build.name.starts_with("cu") && code.row != nullptr)
        release.code[key] = fmt::format("{}{}", fmt::join(code_names(*code.row), ", "), code.inferred ? " (inferred)" : "");
      if (auto archive = libtorch_archive(catalog, release.release, build.name, platform)) release.libtorch[key] = *std::move(archive);
    }
  }
  if (const auto* const cxx = find_cxx(catalog.data(), row.version, "x86_64")) {
    release.cxx_standard = cxx->standard;
    release.cxx_abi = cxx->abi;
  }
  return release;
}

}  // namespace

std::vector<CatalogRelease> catalog_contents(const VariantCatalog& catalog) {
  std::vector<CatalogRelease> releases;
  for (const auto& row : catalog.data().releases) releases.push_back(contents_of(catalog, row));
  return releases;
}

const std::string& catalog_date(const VariantCatalog& catalog) { return catalog.data().date; }

}  // namespace torchup
