#include "probes/shared/amd_devices.hpp"

#include "probes/shared/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

namespace torchup {
namespace {

struct DeviceRange {
  std::uint64_t first, last;
  const char* gfx;
};

// The kernel's own list of that time (amdgpu_drv.c, pciidlist), compute GPUs only.
constexpr DeviceRange k_devices[] = {{0x6860, 0x687f, "gfx900"},  {0x66a0, 0x66af, "gfx906"},  {0x67c0, 0x67df, "gfx803"},
                                     {0x7300, 0x730f, "gfx803"},  {0x738c, 0x738c, "gfx908"},  {0x7388, 0x7388, "gfx908"},
                                     {0x738e, 0x738e, "gfx908"},  {0x7390, 0x7390, "gfx908"},  {0x7408, 0x740f, "gfx90a"},
                                     {0x7410, 0x7410, "gfx90a"},  {0x7310, 0x731f, "gfx1010"}, {0x7340, 0x734f, "gfx1012"},
                                     {0x7360, 0x7362, "gfx1011"}, {0x73a0, 0x73af, "gfx1030"}, {0x73b0, 0x73bf, "gfx1030"},
                                     {0x73c0, 0x73df, "gfx1031"}, {0x73e0, 0x73ff, "gfx1032"}};

std::string gfx(std::uint64_t major, std::uint64_t minor, std::uint64_t step) { return fmt::format("gfx{}{:x}{:x}", major, minor, step); }

}  // namespace

std::string gfx_of_target_version(std::uint64_t version) { return gfx(version / 10000 % 100, version / 100 % 100, version % 100); }

std::string gfx_of_override(std::string_view text) {
  const auto pieces = split(trimmed(text), '.');
  if (pieces.size() != 3) return {};
  std::uint64_t numbers[3] = {};
  for (std::size_t i = 0; i < 3; ++i) {
    const auto number = number_in(pieces[i]);
    if (!number || *number > 99) return {};
    numbers[i] = *number;
  }
  return gfx(numbers[0], numbers[1], numbers[2]);
}

std::string gfx_of_device(std::uint64_t device) {
  const auto* const at =
      std::find_if(std::begin(k_devices), std::end(k_devices), [&](const auto& row) { return row.first <= device && device <= row.last; });
  return at == std::end(k_devices) ? "" : at->gfx;
}

std::string pci_of_location(std::uint64_t domain, std::uint64_t location) {
  if (location == 0 || location > 0xffff || domain > 0xffffffff) return {};
  return fmt::format("{:04x}:{:02x}:{:02x}.{:x}", domain, location >> 8, location >> 3 & 0x1f, location & 7);
}

}  // namespace torchup
