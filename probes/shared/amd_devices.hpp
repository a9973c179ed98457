#pragma once
// How AMD's compute driver names GPUs: numbers in, "gfx90a" out. Used by rocm_probe.

#include <cstdint>
#include <string>
#include <string_view>

namespace torchup {

/// 90010 is gfx90a: decimal major, hexadecimal minor and step.
std::string gfx_of_target_version(std::uint64_t version);

/// "gfx1030" of "10.3.0", as HSA_OVERRIDE_GFX_VERSION is written; empty for other text.
std::string gfx_of_override(std::string_view text);

/// By PCI device number, for the GPUs that kernels without `gfx_target_version` drive; empty for others.
std::string gfx_of_device(std::uint64_t device);

/// "0000:c1:00.0" of KFD's domain and location_id (bus, device and function in one number); empty for location 0.
std::string pci_of_location(std::uint64_t domain, std::uint64_t location);

}  // namespace torchup
