// The catalog of variants and the table of repairs, which a user may give in place of the built-in ones: rows, or a reason.

#include "torchup/resolver/repair.hpp"
#include "torchup/resolver/variant.hpp"

#include <cstdint>
#include <cstdlib>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view json(reinterpret_cast<const char*>(data), size);
  const auto catalog = torchup::VariantCatalog::parse(json);
  if (!catalog && catalog.error().message.empty()) std::abort();
  if (catalog) {
    (void)torchup::catalog_releases(*catalog);
    (void)torchup::choose_variant({}, *catalog, {});
  }
  const auto repairs = torchup::RepairTable::parse(json);
  if (!repairs && repairs.error().message.empty()) std::abort();
  return 0;
}
