#include "probes/shared/x86_state.hpp"

#include <cstring>

namespace torchup {
namespace {

constexpr std::uint32_t k_amx_tile = 1U << 24;           // leaf 7, EDX
constexpr std::uint32_t k_hypervisor = 1U << 31;         // leaf 1, ECX
constexpr std::uint32_t k_hypervisor_leaf = 0x40000000;  // its name stands in EBX, ECX, EDX
constexpr std::uint64_t k_tile_state = 0x60000;          // XCR0: tile configuration and tile data
constexpr std::uint64_t k_tile_data = 0x40000;

}  // namespace

std::optional<bool> may_use_amx(HostSystem& host) {
  const auto features = host.cpuid(7, 0);
  if (!features || (features->edx & k_amx_tile) == 0) return std::nullopt;
  const bool is_saved = (host.xcr0().value_or(0) & k_tile_state) == k_tile_state;
  // Kernels before 5.16 do not know the request, and gave the tiles to nobody.
  return is_saved && (host.requestable_state().value_or(0) & k_tile_data) != 0;
}

std::string hypervisor_name(HostSystem& host) {
  const auto features = host.cpuid(1, 0);
  if (!features || (features->ecx & k_hypervisor) == 0) return {};
  const auto leaf = host.cpuid(k_hypervisor_leaf, 0);
  if (!leaf) return {};
  std::string name;
  for (const std::uint32_t word : {leaf->ebx, leaf->ecx, leaf->edx}) {
    char letters[sizeof(word)];
    std::memcpy(letters, &word, sizeof(word));
    for (const char letter : letters) {
      if (letter >= ' ' && letter <= '~') name += letter;
    }
  }
  return name;
}

}  // namespace torchup
