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

bool is_number(std::string_view text, std::size_t digits) {
  return text.size() == digits && text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

}  // namespace

Result<std::vector<Fact<PciDisplay>>> scan_displays(HostSystem& host, std::vector<ProbeFailure>* problems) {
  TORCHUP_TRY_ASSIGN(const auto addresses, host.list_directory(k_devices));
  std::vector<Fact<PciDisplay>> displays;
  for (std::size_t i = 0; i < std::min(addresses.size(), k_most_devices); ++i) {
    const auto folder = std::string(k_devices) + "/" + addresses[i];
    const auto kind = hexadecimal(host, folder + "/class");
    if (!is_number(kind, 6) && problems != nullptr) problems->push_back({folder + "/class", "it does not say what kind of device this is"});
    if (!kind.starts_with("03") && !kind.starts_with("12")) continue;
    PciDisplay display{
        .pci = addresses[i], .vendor = hexadecimal(host, folder + "/vendor"), .device = hexadecimal(host, folder + "/device")};
    if ((!is_number(display.vendor, 4) || !is_number(display.device, 4)) && problems != nullptr)
      problems->push_back({folder, "it is a display controller, and whose is not told"});
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
