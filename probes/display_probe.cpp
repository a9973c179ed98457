// Which display and compute controllers are on the PCI bus, driver or not?
#include "torchup/probes/probe.hpp"

#include "probes/shared/macos.hpp"
#include "probes/shared/pci_scan.hpp"

namespace torchup {

extern const Probe display_probe;

namespace {

void run_display_probe(HostSystem& host, HostFacts& facts) {
  if (is_macos(host)) return;
  auto displays = scan_displays(host, &facts.failures);
  if (!displays) {
    facts.failures.push_back({"PCI", displays.error().message});
  } else if (displays->empty()) {
    facts.absent.push_back({{"/sys/bus/pci/devices", "no display or compute controller on the PCI bus"}});
  } else {
    facts.displays = *std::move(displays);
  }
}

}  // namespace

constinit const Probe display_probe = {
    .name = "display", .describes = "display and compute controllers on the PCI bus", .run = run_display_probe};

}  // namespace torchup
