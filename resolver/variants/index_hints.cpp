// Where a build lies that was asked for by its local label and is not on the index that was searched.

#include "torchup/resolver/variant.hpp"

#include "resolver/variants/catalog_data.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace torchup {
namespace {

bool is_variant(const VariantCatalog::Data& catalog, const std::string& name) {
  return std::any_of(catalog.releases.begin(), catalog.releases.end(), [&](const ReleaseRow& release) {
    return std::any_of(release.builds.begin(), release.builds.end(), [&](const BuildRow& build) { return build.name == name; });
  });
}

std::string searched_place(const std::optional<RankedVariant>& searched) {
  if (!searched || searched->index == VariantIndex::main) return "the main index, which carries no such builds, was searched";
  return fmt::format("the folder of `{}` was searched", searched->name);
}

}  // namespace

std::vector<std::string> index_hints(const VariantCatalog& catalog, const std::vector<Requirement>& requirements,
                                     const std::optional<RankedVariant>& searched) {
  std::vector<std::string> hints;
  for (const Requirement& requirement : requirements) {
    if (!std::binary_search(catalog.data().family.begin(), catalog.data().family.end(), requirement.name.text())) continue;
    for (const Specifier& specifier : requirement.specifiers.specifiers()) {
      const bool is_pin = specifier.op == SpecifierOperator::equal || specifier.op == SpecifierOperator::arbitrary;
      if (!is_pin || !specifier.version || specifier.version->local().empty()) continue;
      const std::string label = specifier.version->local_text();
      const bool was_searched = searched && searched->index == VariantIndex::torch && variant_index_folder(searched->name) == label;
      if (was_searched || !is_variant(catalog.data(), label)) continue;
      hints.push_back(fmt::format("`{}` names a build of the PyTorch index's folder `{}`, and {}; `--variant {}` takes it from there",
                                  requirement.text(), label, searched_place(searched), label));
    }
  }
  return hints;
}

}  // namespace torchup
