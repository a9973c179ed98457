#pragma once
// The host and the wish in the catalog's terms, worked out once for all variants: platform, Python, usable accelerators.

#include "torchup/host/host_facts.hpp"

#include "resolver/variants/catalog_data.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace torchup {

struct Situation {
  const HostFacts& facts;
  const VariantCatalog::Data& catalog;
  std::string platform;               ///< "linux-x86_64"; the words of an unknown one where the catalog has none for it.
  std::optional<std::string> python;  ///< "cp311", "cp314t"; nothing where no interpreter is known.
  std::string python_evidence;
  std::vector<std::string> companions;

  const OperatingSystem* os() const { return value_of(facts.os); }

  /// Accelerators of a kind that programs here can use.
  std::vector<const Fact<Accelerator>*> usable(std::string_view kind) const;

  bool has_usable_accelerator() const;

  /// The driver of a kind, or nullptr.
  const Fact<DriverStack>* driver(std::string_view kind) const;
};

/// ErrorKind::host where the operating system is not known, ErrorKind::usage where the wished Python is no version.
Result<Situation> make_situation(const HostFacts& facts, const VariantCatalog::Data& catalog, const VariantWish& wish);

/// Where a fact was read, as one text.
std::string evidence_text(const Evidence& evidence);

}  // namespace torchup
