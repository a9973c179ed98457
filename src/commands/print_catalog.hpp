#pragma once
// The catalog, and what the indexes have beyond it, as tables and as JSON.

#include "torchup/resolver/catalog_check.hpp"

#include "src/check_catalog.hpp"
#include "src/ui/terminal.hpp"

#include <nlohmann/json_fwd.hpp>

#include <string>
#include <vector>

namespace torchup {

/// One line a release: the main index's build here and there, the variants, the companions.
std::string catalog_text(const VariantCatalog& catalog, const std::vector<CatalogRelease>& releases, const Terminal& terminal);

/// All that is known of one release.
std::string release_text(const CatalogRelease& release, const Terminal& terminal);

nlohmann::ordered_json catalog_json(const VariantCatalog& catalog, const std::vector<CatalogRelease>& releases);

/// Who was asked, what differs, and the rows that would be added; `source` is theirs.
std::string check_text(const CatalogCheck& check, const std::string& source, const Terminal& terminal);
nlohmann::ordered_json check_json(const CatalogCheck& check, const std::string& source);

}  // namespace torchup
