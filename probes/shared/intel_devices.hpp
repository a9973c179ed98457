#pragma once
// Intel's GPUs by PCI device number: which are cards of their own, and of which architecture. For hosts whose Level Zero does not
// say. Used by xpu_probe.

#include <string_view>

namespace torchup {

struct IntelDevice {
  std::string_view architecture;  ///< "ip_12.55": the device IP without its revision.
  bool integrated = false;
};

/// Of a device such as "56a0"; an empty architecture for those that no build of torch was ever made for.
IntelDevice intel_device(std::string_view device);

}  // namespace torchup
