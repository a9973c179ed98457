#pragma once
// A ZIP entry's local header and data descriptor (APPNOTE 4.3.7, 4.3.9), read against what the directory says of the entry.
// `read_entry` and `zip_framing` share it.

#include "src/archive/broken_rule.hpp"
#include "src/archive/zip_directory.hpp"

#include <cstddef>
#include <cstdint>
#include <span>

namespace torchup {

inline constexpr std::size_t k_local_header_size = 30;  ///< Without name and extra fields.

/// Flags that an entry may have: deflate's level (bits 1, 2), data descriptor (3), UTF-8 (11). Broken: `encrypted`,
/// `patched-data`, `unsupported-flag`, `unsupported-method`, or `stored-size` where a stored entry's two sizes differ.
Ruling<void> check_method(const ZipEntry& entry);

inline bool has_descriptor(const ZipEntry& entry) { return (entry.flags & 0x0008U) != 0; }

/// Bytes of header, name and extra fields, from the header's first 30 bytes. Broken: `local-header`.
Ruling<std::uint64_t> local_header_length(std::span<const std::byte> header, const ZipEntry& entry);

/// Compares the whole header, name and extra fields included, with the directory's entry. Broken: `local-header-mismatch`
/// naming the field, or what `resolve_extra_fields` refuses.
Ruling<void> check_local_header(std::span<const std::byte> header, const ZipEntry& entry);

/// Compares a data descriptor of any of its four forms with the directory's entry. Broken: `data-descriptor`.
Ruling<void> check_descriptor(std::span<const std::byte> descriptor, const ZipEntry& entry);

}  // namespace torchup
