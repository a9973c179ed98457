#include "torchup/resolver/variant_needs.hpp"

#include <catch2/catch.hpp>

using namespace torchup;

namespace {

using Lines = std::vector<std::string>;

HostFacts nvidia_host(const std::string& architecture, const char* driver) {
  HostFacts facts;
  facts.accelerators.push_back(
      {{.kind = "cuda", .name = "GPU", .architecture = architecture, .memory_bytes = {}, .pci = ""}, {"test", ""}});
  facts.drivers.push_back({{.kind = "cuda", .version = NumericVersion::parse(driver).value(), .cuda = {}}, {"test", ""}});
  return facts;
}

VariantNeeds needs_of(const char* release, const char* variant, const char* platform) {
  const auto needs = variant_needs(VariantCatalog::built_in(), release, variant, platform);
  REQUIRE(needs);
  return *needs;
}

}  // namespace

TEST_CASE("a variant needs the first driver of its CUDA, and a GPU that it has code for") {
  CHECK(needs_of("2.10.0", "cu130", "linux-x86_64") ==
        VariantNeeds{
            "cu130", "linux-x86_64", "13.0", "580.65.06", "580", {"sm_75", "sm_80", "sm_86", "sm_90", "sm_100", "sm_120", "PTX 12.0"}});
  CHECK(needs_text(needs_of("2.10.0", "cu130", "linux-x86_64")) ==
        "cu130 on linux-x86_64: CUDA 13.0; from driver 580.65.06 on (580 for precompiled code); code for sm_75, sm_80, sm_86, sm_90, "
        "sm_100, sm_120, PTX 12.0");
  CHECK(needs_of("2.6.0", "cu126", "windows-x86_64").driver == "560.76");
  CHECK(needs_of("2.4.0", "rocm6.1", "linux-x86_64").architectures ==
        Lines{"gfx1030", "gfx1100", "gfx1101", "gfx900", "gfx906", "gfx908", "gfx90a", "gfx942"});
  CHECK_FALSE(variant_needs(VariantCatalog::built_in(), "2.10.0", "cpu", "linux-x86_64"));
  CHECK_FALSE(variant_needs(VariantCatalog::built_in(), "2.10.0", "unheard", "linux-x86_64"));
}

TEST_CASE("what a machine does not meet is told, and nothing where it has no such GPU") {
  const auto needs = needs_of("2.10.0", "cu130", "linux-x86_64");
  CHECK(unmet_needs(needs, nvidia_host("sm_90", "580.65.06")).empty());
  CHECK(unmet_needs(needs, nvidia_host("sm_89", "580.10")).empty());  // code for 8.6, a driver that runs it
  CHECK(unmet_needs(needs, nvidia_host("sm_121", "610.1")).empty());
  CHECK(unmet_needs(needs, HostFacts{}).empty());
  CHECK(unmet_needs(needs, nvidia_host("sm_70", "570.1")) ==
        Lines{"cu130 has no code for GPU (sm_70), only for sm_75, sm_80, sm_86, sm_90, sm_100, sm_120, PTX 12.0",
              "cu130 needs a driver from 580 on, and 570.1 is here"});
  HostFacts amd;
  amd.accelerators.push_back({{.kind = "rocm", .name = "MI50", .architecture = "gfx906", .memory_bytes = {}, .pci = ""}, {"test", ""}});
  CHECK(unmet_needs({.variant = "rocm7.2", .architectures = {"gfx942"}}, amd) ==
        Lines{"rocm7.2 has no code for MI50 (gfx906), only for gfx942"});
  CHECK(unmet_needs({.variant = "rocm7.2", .architectures = {"gfx906"}}, amd).empty());
}

TEST_CASE("what a lock says of needs reads back, and what cannot be read counts as not there") {
  Lockfile lock;
  lock.tool.needs = {needs_of("2.10.0", "cu130", "linux-x86_64"), {.variant = "cu126", .platform = "a\nb"}};
  const std::string text = write_lock(lock);
  CHECK(text.find("\n[[tool.torchup.needs]]\nvariant = \"cu130\"\nplatform = \"linux-x86_64\"\ntoolkit = \"13.0\"\ndriver = "
                  "\"580.65.06\"\nminor-driver = \"580\"\narchitectures = [\"sm_75\", ") != std::string::npos);
  const auto again = read_lock(text);
  REQUIRE(again);
  REQUIRE(again->tool.needs.size() == 2);
  CHECK(again->tool.needs[0].variant == "cu126");
  CHECK(again->tool.needs[1] == lock.tool.needs[0]);
  CHECK(write_lock(*again) == text);
  const auto odd = read_lock("lock-version = \"1.0\"\ncreated-by = \"x\"\npackages = []\n[tool.torchup]\nneeds = \"much\"\n");
  REQUIRE(odd);
  CHECK(odd->tool.needs.empty());
}
