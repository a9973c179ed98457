#include "src/archive/local_header.hpp"

#include "src/archive/extra_fields.hpp"
#include "src/archive/little_endian.hpp"

#include <fmt/format.h>

namespace torchup {
namespace {

constexpr std::uint32_t k_local_signature = 0x04034b50;
constexpr std::uint32_t k_descriptor_signature = 0x08074b50;

constexpr unsigned k_encryption_flags = 0x0001 | 0x0040 | 0x2000;  // plain, strong, masked headers
constexpr unsigned k_patch_flag = 0x0020;
constexpr unsigned k_known_flags = 0x0002 | 0x0004 | 0x0008 | 0x0800;

tl::unexpected<BrokenRule> mismatch(const ZipEntry& entry, std::string_view field) {
  return broken("local-header-mismatch", fmt::format("the local header of `{}` has another {} than the directory", entry.name, field));
}

}  // namespace

Ruling<void> check_method(const ZipEntry& entry) {
  if ((entry.flags & k_encryption_flags) != 0) return broken("encrypted", fmt::format("`{}` is encrypted", entry.name));
  if ((entry.flags & k_patch_flag) != 0) return broken("patched-data", fmt::format("`{}` holds a patch", entry.name));
  if ((entry.flags & ~k_known_flags) != 0)
    return broken("unsupported-flag", fmt::format("`{}` has flags {:#06x}", entry.name, entry.flags));
  if (entry.method != k_zip_stored && entry.method != k_zip_deflated) {
    return broken("unsupported-method", fmt::format("`{}` uses compression method {}", entry.name, entry.method));
  }
  if (entry.method == k_zip_stored && entry.compressed_size != entry.size) {
    return broken("stored-size",
                  fmt::format("`{}` is stored, and its two sizes are {} and {}", entry.name, entry.compressed_size, entry.size));
  }
  // A reader that starts at the front cannot know where such an entry ends.
  if (entry.method == k_zip_stored && has_descriptor(entry)) {
    return broken("data-descriptor", fmt::format("`{}` is stored and has a data descriptor", entry.name));
  }
  return {};
}

Ruling<std::uint64_t> local_header_length(std::span<const std::byte> header, const ZipEntry& entry) {
  if (header.size() < k_local_header_size || u32_at(header, 0) != k_local_signature) {
    return broken("local-header", fmt::format("no local header of `{}` stands at {}", entry.name, entry.header_offset));
  }
  return std::uint64_t{k_local_header_size} + u16_at(header, 26) + u16_at(header, 28);
}

Ruling<void> check_local_header(std::span<const std::byte> header, const ZipEntry& entry) {
  const auto length = local_header_length(header, entry);
  if (!length) return tl::unexpected(length.error());
  if (*length != header.size()) return broken("local-header", fmt::format("the local header of `{}` is cut short", entry.name));

  const std::size_t name_size = u16_at(header, 26);
  const std::string_view name(reinterpret_cast<const char*>(header.data()) + k_local_header_size, name_size);
  if (name != entry.name) return mismatch(entry, "name");
  if (u16_at(header, 6) != entry.flags) return mismatch(entry, "set of flags");
  if (u16_at(header, 8) != entry.method) return mismatch(entry, "method");

  const std::uint32_t crc = u32_at(header, 14);
  const auto sizes = resolve_extra_fields(header.subspan(k_local_header_size + name_size),
                                          {.size = u32_at(header, 22), .compressed_size = u32_at(header, 18)}, entry.name);
  if (!sizes) return tl::unexpected(sizes.error());
  // With a descriptor the writer knew none of the three yet (APPNOTE 4.4.4, bit 3) and wrote zeros.
  if (has_descriptor(entry) && crc == 0 && sizes->size == 0 && sizes->compressed_size == 0) return {};
  if (crc != entry.crc32) return mismatch(entry, "CRC-32");
  if (sizes->size != entry.size) return mismatch(entry, "size");
  if (sizes->compressed_size != entry.compressed_size) return mismatch(entry, "compressed size");
  return {};
}

Ruling<void> check_descriptor(std::span<const std::byte> descriptor, const ZipEntry& entry) {
  const std::size_t length = descriptor.size();
  const bool is_signed = length == 16 || length == 24;  // else 12 or 20
  const bool is_wide = length == 20 || length == 24;
  const auto refuse = [&](std::string_view why) { return broken("data-descriptor", fmt::format("that of `{}` {}", entry.name, why)); };
  if (!is_signed && length != 12 && length != 20) return refuse(fmt::format("takes {} bytes", length));
  if (is_signed && u32_at(descriptor, 0) != k_descriptor_signature) return refuse("has no signature");

  const auto values = descriptor.subspan(is_signed ? 4 : 0);
  const std::size_t width = is_wide ? 8 : 4;
  if (u32_at(values, 0) != entry.crc32) return refuse("has another CRC-32 than the directory");
  if (little_endian(values, 4, width) != entry.compressed_size) return refuse("has another compressed size than the directory");
  if (little_endian(values, 4 + width, width) != entry.size) return refuse("has another size than the directory");
  return {};
}

}  // namespace torchup
