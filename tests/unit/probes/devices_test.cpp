// Numbers and texts of drivers that become names of devices.
#include "probes/shared/amd_devices.hpp"
#include "probes/shared/intel_devices.hpp"
#include "probes/shared/redacted.hpp"

#include <catch2/catch.hpp>

using namespace torchup;

TEST_CASE("AMD's target versions are decimal and hexadecimal in turn") {
  CHECK(gfx_of_target_version(90010) == "gfx90a");
  CHECK(gfx_of_target_version(90402) == "gfx942");
  CHECK(gfx_of_target_version(100300) == "gfx1030");
  CHECK(gfx_of_target_version(110001) == "gfx1101");
}

TEST_CASE("an override is three numbers with dots, and nothing else is one") {
  CHECK(gfx_of_override("10.3.0") == "gfx1030");
  CHECK(gfx_of_override(" 9.0.10\n") == "gfx90a");
  for (const char* text : {"", "10.3", "10.3.0.1", "gfx1030", "10.3.x", "999.0.0", "-1.0.0"}) CHECK(gfx_of_override(text).empty());
}

TEST_CASE("without a target version the device's number tells the architecture of the GPUs of that time") {
  CHECK(gfx_of_device(26720) == "gfx900");
  CHECK(gfx_of_device(0x66a1) == "gfx906");
  CHECK(gfx_of_device(0x740f) == "gfx90a");
  CHECK(gfx_of_device(0x74a1).empty());  // newer than such kernels
  CHECK(gfx_of_device(0).empty());
}

TEST_CASE("KFD's location is bus, device and function in one number") {
  CHECK(pci_of_location(0, 0xc100) == "0000:c1:00.0");
  CHECK(pci_of_location(2, 0x031a) == "0002:03:03.2");
  CHECK(pci_of_location(0, 0).empty());
  CHECK(pci_of_location(0, 0x10000).empty());
}

TEST_CASE("an Intel GPU is known by its number, and one that is not known is part of a processor") {
  CHECK(intel_device("56a0").architecture == "ip_12.55");
  CHECK_FALSE(intel_device("56a0").integrated);
  CHECK(intel_device("e20b").architecture == "ip_20.1");
  CHECK(intel_device("64a0").integrated);
  CHECK(intel_device("7d55").architecture == "ip_12.71");
  for (const char* text : {"9a49", "4680", "", "zz", "0", "ffffffffff"}) {
    CHECK(intel_device(text).architecture.empty());
    CHECK(intel_device(text).integrated);
  }
}

TEST_CASE("credentials and queries of addresses are taken out, the rest stays") {
  const auto [text, shown] = GENERATE(table<std::string, std::string>({
      {"/usr/lib:/opt/lib", "/usr/lib:/opt/lib"},
      {"https://index.example/simple", "https://index.example/simple"},
      {"https://me:secret@index.example/simple", "https://…@index.example/simple"},
      {"http://token@proxy:3128", "http://…@proxy:3128"},
      {"me:secret@proxy:3128", "…@proxy:3128"},
      {"a:b@one,c:d@two git@host:path", "…@one,…@two git@host:path"},
      {"https://a:p@ss@host/x@y", "https://…@host/x@y"},
      {"https://host/p?token=abc", "https://host/p?…"},
      {"https://a:b@one/ https://c:d@two/", "https://…@one/ https://…@two/"},
      {"expandable_segments:True", "expandable_segments:True"},
      {"://", "://"},
      {"", ""},
  }));
  CHECK(redacted(text) == shown);
}
