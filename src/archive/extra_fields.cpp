#include "src/archive/extra_fields.hpp"

#include "src/archive/little_endian.hpp"

#include <fmt/format.h>

#include <optional>

namespace torchup {
namespace {

constexpr std::uint16_t k_zip64_tag = 0x0001;
constexpr std::uint16_t k_unicode_path_tag = 0x7075;  // Info-ZIP: a name that some readers prefer to the real one

/// The ZIP64 field's content, where there is one.
Ruling<std::optional<std::span<const std::byte>>> find_zip64(std::span<const std::byte> extra, std::string_view name) {
  std::optional<std::span<const std::byte>> zip64;
  while (!extra.empty()) {
    if (extra.size() < 4) return broken("extra-field", fmt::format("`{}` has {} stray bytes in its extra fields", name, extra.size()));
    const std::uint16_t tag = u16_at(extra, 0);
    const std::size_t length = u16_at(extra, 2);
    if (length > extra.size() - 4) return broken("extra-field", fmt::format("`{}` has an extra field longer than its space", name));
    if (tag == k_unicode_path_tag) return broken("unicode-path", fmt::format("`{}` carries a second name in an extra field", name));
    if (tag == k_zip64_tag) {
      if (zip64) return broken("zip64", fmt::format("`{}` has two ZIP64 fields", name));
      zip64 = extra.subspan(4, length);
    }
    extra = extra.subspan(4 + length);
  }
  return zip64;
}

/// Whether the field only says once more what the header says: some writers reserve it before they know the sizes. Whichever of
/// the two a reader takes, it reads the same.
bool repeats(std::span<const std::byte> zip64, const WideFields& fields) {
  return zip64.size() == 16 && u64_at(zip64, 0) == fields.size && u64_at(zip64, 8) == fields.compressed_size;
}

}  // namespace

Ruling<WideFields> resolve_extra_fields(std::span<const std::byte> extra, WideFields fields, std::string_view name) {
  const auto zip64 = find_zip64(extra, name);
  if (!zip64) return tl::unexpected(zip64.error());

  std::size_t at = 0;
  for (std::uint64_t* field : {&fields.size, &fields.compressed_size, &fields.header_offset}) {
    if (*field != k_saturated_32) continue;
    if (!*zip64 || (*zip64)->size() < at + 8) return broken("zip64", fmt::format("`{}` lacks a ZIP64 value that it announces", name));
    *field = u64_at(**zip64, at);
    at += 8;
  }
  if (*zip64 && (*zip64)->size() != at && !repeats(**zip64, fields))
    return broken("zip64", fmt::format("`{}` has ZIP64 values that nothing announces", name));
  return fields;
}

}  // namespace torchup
