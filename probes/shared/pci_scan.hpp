#pragma once
// Display and compute controllers on the PCI bus, as sysfs lists them. Works without any driver.

#include "torchup/host/host_facts.hpp"
#include "torchup/system/host_system.hpp"

#include <string>
#include <vector>

namespace torchup {

/// Devices of class 0x03 (display, 3D) and 0x12 (processing accelerator), in the order of their addresses.
/// `problems` takes what of a device could not be read, so that a GPU is not passed over in silence.
Result<std::vector<Fact<PciDisplay>>> scan_displays(HostSystem& host, std::vector<ProbeFailure>* problems = nullptr);

/// "00000000:65:00.0" and "0000:65:00.0" and upper case are one address: lower case, four digits of domain where they are enough.
std::string normal_pci_address(std::string_view address);

}  // namespace torchup
