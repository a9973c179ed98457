#pragma once
// A catalog's JSON with rows added for releases that it does not know: what `torchup catalog check --write` leaves.

#include "torchup/core/result.hpp"
#include "torchup/resolver/catalog_check.hpp"

#include <nlohmann/json_fwd.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace torchup {

/// The row of a derived release, in the catalog's own form. `source` says when and where it was read.
nlohmann::ordered_json release_row(const DerivedRelease& release, const std::string& source);

/// The catalog with those rows, and rows for toolkits that their variants need and it lacks. `text` must be a catalog.
Result<std::string> with_derived_rows(std::string_view text, const VariantCatalog& catalog, const std::vector<DerivedRelease>& releases,
                                      const std::string& source);

}  // namespace torchup
