#include "probes/shared/intel_devices.hpp"

#include <algorithm>
#include <charconv>
#include <iterator>

namespace torchup {
namespace {

struct Range {
  unsigned first, last;
  IntelDevice device;
};

// Linux's include/drm/intel/pciids.h for which number is what; the device IPs are those that Intel's compute runtime gives them.
constexpr Range k_ranges[] = {
    {0x0b69, 0x0b6e, {"ip_12.60", false}},                                         // Data Center GPU Max
    {0x0bd4, 0x0be5, {"ip_12.60", false}}, {0x5690, 0x5692, {"ip_12.55", false}},  // Arc A, G10
    {0x56a0, 0x56a2, {"ip_12.55", false}}, {0x56be, 0x56bf, {"ip_12.55", false}},
    {0x5693, 0x5695, {"ip_12.56", false}},  // G11
    {0x56a5, 0x56a6, {"ip_12.56", false}}, {0x56b0, 0x56b1, {"ip_12.56", false}},
    {0x56ba, 0x56bd, {"ip_12.56", false}}, {0x5696, 0x5697, {"ip_12.57", false}},  // G12
    {0x56a3, 0x56a4, {"ip_12.57", false}}, {0x56b2, 0x56b3, {"ip_12.57", false}},
    {0x56c0, 0x56c0, {"ip_12.55", false}},  // Data Center GPU Flex
    {0x56c1, 0x56c1, {"ip_12.56", false}}, {0x56c2, 0x56c2, {"ip_12.55", false}},
    {0xe202, 0xe223, {"ip_20.1", false}},                                         // Arc B
    {0x4905, 0x4909, {"", false}},                                                // Iris Xe MAX
    {0x7d40, 0x7d45, {"ip_12.70", true}},                                         // Meteor Lake-U, Arrow Lake-U
    {0x7d55, 0x7d55, {"ip_12.71", true}},                                         // Meteor Lake-H
    {0x7dd5, 0x7dd5, {"ip_12.71", true}},  {0x7d51, 0x7d51, {"ip_12.74", true}},  // Arrow Lake-H
    {0x7dd1, 0x7dd1, {"ip_12.74", true}},  {0x7d60, 0x7d67, {"ip_12.70", true}},  // Meteor Lake-S, Arrow Lake-S
    {0x6420, 0x6420, {"ip_20.4", true}},                                          // Lunar Lake
    {0x64a0, 0x64b0, {"ip_20.4", true}},   {0xb080, 0xb0b0, {"ip_30.0", true}},   // Panther Lake
};

}  // namespace

IntelDevice intel_device(std::string_view device) {
  unsigned number = 0;
  const auto [end, problem] = std::from_chars(device.data(), device.data() + device.size(), number, 16);
  const bool is_number = problem == std::errc{} && end == device.data() + device.size();
  const auto* const at = std::find_if(std::begin(k_ranges), std::end(k_ranges),
                                      [&](const Range& range) { return range.first <= number && number <= range.last; });
  // What stands in no row is older, and part of a processor.
  return is_number && at != std::end(k_ranges) ? at->device : IntelDevice{"", true};
}

}  // namespace torchup
