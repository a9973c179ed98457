#pragma once
// Which GPUs a CUDA build has code for, as the catalog lists it, and what of that a device runs. Used where variants are judged
// and where a lock says what its variants need.

#include "resolver/variants/catalog_data.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace torchup {

/// The code that a build carries.
struct Code {
  const ArchitectureRow* row = nullptr;  ///< Null where no source tells.
  bool inferred = false;                 ///< An older release's list stands in.
};

/// `platform` is "linux-x86_64".
Code find_code(const VariantCatalog::Data& catalog, const std::string& platform, const NumericVersion& release, const std::string& variant);

/// "sm_90", "sm_100a".
std::string sm(const Capability& capability);

/// The capability of "sm_121"; nothing for other text.
std::optional<Capability> capability_of(std::string_view architecture);

/// "sm_75", "sm_80", "PTX 9.0".
std::vector<std::string> code_names(const ArchitectureRow& row);

/// CUDA's binary compatibility: the same major number and a minor one that is not higher; `a` only itself, `f` its family.
bool runs_cubin(const Capability& device, const Capability& cubin);

/// Whether PTX of the one can be compiled for the other.
bool is_not_above(const Capability& code, const Capability& device);

}  // namespace torchup
