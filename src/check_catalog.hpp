#pragma once
// Asks the indexes what they carry of torch today, and compares it with the catalog. `torchup catalog check` shows it.

#include "torchup/resolver/catalog_check.hpp"

#include "src/pipeline.hpp"

#include <optional>
#include <string>
#include <vector>

namespace torchup {

struct CatalogCheckWish {
  std::string index_url;        ///< Empty: as for `lock`.
  std::string torch_index_url;  ///< Empty: as for `lock`.
};

/// One index that was asked.
struct AskedIndex {
  VariantIndex index = VariantIndex::main;
  std::string url;
  std::size_t wheels = 0;
  std::string problem = {};  ///< Why it did not answer; empty where it did.
};

struct CatalogCheck {
  std::vector<AskedIndex> asked;
  std::vector<CatalogGap> gaps;
  std::vector<DerivedRelease> derived;  ///< Of the main index's releases that the catalog does not have.
};

/// An index that does not answer is told of, and the other one still compared; where none answers it is ErrorKind::network. Of a
/// release that is new, the METADATA of one wheel a platform is read.
Result<CatalogCheck> check_catalog(const Ports& ports, const CatalogCheckWish& wish);

}  // namespace torchup
