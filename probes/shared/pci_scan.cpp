#include "probes/shared/pci_scan.hpp"

#include "probes/shared/text.hpp"

namespace torchup {
namespace {

constexpr const char* k_devices = "/sys/bus/pci/devices";
constexpr std::size_t k_most_devices = 4096;

std::string hexadecimal(HostSystem& host, const std::string& path) {
  const auto text = host.read_file(path).value_or("");
  const auto value = trimmed(text);
  return lower(value.starts_with("0x") ? value.substr(2) : value);
}

}  // namespace

Result<std::vector<Fact<PciDisplay>>> scan_displays(HostSystem& host) {
  TORCHUP_TRY_ASSIGN(const auto addresses, host.list_directory(k_devices));
  std::vector<Fact<PciDisplay>> displays;
  for (std::size_t i = 0; i < std::min(addresses.size(), k_most_devices); ++i) {
    const auto folder = std::string(k_devices) + "/" + addresses[i];
    const auto kind = hexadecimal(host, folder + "/class");
    if (!kind.starts_with("03") && !kind.starts_with("12")) continue;
    PciDisplay display{
        .pci = addresses[i], .vendor = hexadecimal(host, folder + "/vendor"), .device = hexadecimal(host, folder + "/device")};
    // "../../../../bus/pci/drivers/nvidia"
    const auto driver = host.read_link(folder + "/driver").value_or("");
    display.driver = driver.substr(driver.rfind('/') + 1);
    displays.push_back({display, {folder, "class " + kind + ", " + display.vendor + ":" + display.device}});
  }
  return displays;
}

std::string normal_pci_address(std::string_view address) {
  auto text = lower(trimmed(address));
  const auto colon = text.find(':');
  if (colon == 8 && text.starts_with("0000")) text.erase(0, 4);
  return text;
}

}  // namespace torchup
