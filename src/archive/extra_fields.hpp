#pragma once
// A ZIP record's extra fields (APPNOTE 4.5): only ZIP64's matters, the others must at least be well-formed.

#include "src/archive/broken_rule.hpp"

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace torchup {

inline constexpr std::uint64_t k_saturated_32 = 0xffffffff;
inline constexpr std::uint64_t k_saturated_16 = 0xffff;

/// The fields that ZIP64 may take over; each is read and written only where it is saturated (APPNOTE 4.5.3).
struct WideFields {
  std::uint64_t size = 0, compressed_size = 0;
  std::uint64_t header_offset = 0;  ///< 0 for a local header, which has none.
};

/// Resolves saturated fields from the ZIP64 extra field. Broken: `extra-field` where the fields do not fill the space,
/// `unicode-path` where Info-ZIP's second name occurs, `zip64` where the ZIP64 field is missing, doubled, of another length, or says other
/// sizes than a header that needs none of it.
Ruling<WideFields> resolve_extra_fields(std::span<const std::byte> extra, WideFields fields, std::string_view name);

}  // namespace torchup
