#include "src/commands/catalog_rows.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace torchup {

using Json = nlohmann::ordered_json;

Json release_row(const DerivedRelease& release, const std::string& source) {
  auto wheels = Json::array(), variants = Json::array();
  for (const auto& [tag, pythons] : release.wheels) wheels.push_back({{"tag", tag}, {"pythons", pythons}});
  for (const auto& [variant, platforms] : release.variants) variants.push_back({{"name", variant}, {"on", platforms}});
  return {{"torch", release.release},        {"wheels", std::move(wheels)}, {"defaults", release.defaults},
          {"variants", std::move(variants)}, {"companions", Json::array()}, {"source", source}};
}

Result<std::string> with_derived_rows(std::string_view text, const VariantCatalog& catalog, const std::vector<DerivedRelease>& releases,
                                      const std::string& source) {
  Json document = Json::parse(text, nullptr, false);
  if (!document.is_object() || !document.contains("releases") || !document.contains("toolkits"))
    return failure({ErrorKind::usage, "the catalog is not a JSON object with releases and toolkits", {}, {}});
  for (const auto& release : releases) {
    document["releases"].push_back(release_row(release, source));
    std::vector<std::string> names;
    for (const auto& [variant, platforms] : release.variants) names.push_back(variant);
    for (const auto& [variant, cuda] : missing_toolkits(catalog, names)) {
      const Json row = {{"variant", variant}, {"cuda", cuda}, {"source", "the variant's name"}};
      auto& toolkits = document["toolkits"];
      if (std::find(toolkits.begin(), toolkits.end(), row) == toolkits.end()) toolkits.push_back(row);
    }
  }
  return document.dump(1) + "\n";
}

}  // namespace torchup
