#include "torchup/resolver/catalog_check.hpp"

#include <catch2/catch.hpp>

#include <algorithm>

using namespace torchup;

namespace {

VariantCatalog small_catalog() {
  return VariantCatalog::parse(R"({"schema": 1, "date": "2026-11-23", "family": {"names": ["torch"]},
    "releases": [{"torch": "2.1.0", "wheels": [{"tag": "manylinux_2_28_x86_64", "pythons": ["cp311", "cp312"]}],
      "defaults": {"linux-x86_64": "cu121"}, "variants": [{"name": "cu121", "on": ["linux-x86_64"]}, {"name": "cpu", "on": ["linux-x86_64", "macos-arm64"]}],
      "companions": [{"name": "torchvision", "version": "0.16.0", "pinned": true}], "source": "s"}],
    "toolkits": [{"variant": "cu121", "cuda": "12.1"}], "drivers": [], "minor_compatibility": [],
    "architectures": [{"torch": "2.1", "variant": "cu121", "os": "linux", "machine": "x86_64", "sm": ["8.0"], "ptx": [], "source": "s"}],
    "gpus": [], "gfx": [], "mps": [], "cpu_levels": [],
    "cxx": [{"from": "2.1", "to": "2.1", "machine": "any", "standard": "C++17", "abi": "pre-cxx11", "source": "s"}],
    "libtorch": [{"from": "2.1", "to": "2.1", "os": "linux", "machine": "x86_64", "abi": "pre-cxx11", "file": "old-{version}.zip", "source": "s"},
      {"from": "2.1", "to": "2.1", "os": "linux", "machine": "x86_64", "abi": "cxx11", "file": "new-{version}%2B{variant}.zip", "source": "s"}]})")
      .value();
}

std::vector<ListedWheel> listed(const std::vector<std::pair<VariantIndex, std::string>>& names) {
  std::vector<ListedWheel> wheels;
  for (const auto& [index, name] : names) {
    for (auto& wheel : parse_listed_wheel(name, index)) wheels.push_back(std::move(wheel));
  }
  return wheels;
}

std::vector<Requirement> requirements(const std::vector<std::string>& texts) {
  std::vector<Requirement> parsed;
  for (const auto& text : texts) parsed.push_back(Requirement::parse(text).value());
  return parsed;
}

constexpr auto k_main = VariantIndex::main;
constexpr auto k_torch = VariantIndex::torch;

}  // namespace

TEST_CASE("a wheel of torch is read from its file name; what is no release of it is left out") {
  const auto wheels = parse_listed_wheel("torch-2.16.0+cu134-cp314-cp314t-manylinux_2_28_aarch64.whl", k_torch);
  REQUIRE(wheels.size() == 1);
  CHECK(wheels[0].release == "2.16.0");
  CHECK(wheels[0].variant == "cu134");
  CHECK(wheels[0].platform == "linux-aarch64");
  CHECK(wheels[0].python == "cp314t");
  CHECK(parse_listed_wheel("torch-2.2.0-cp38-none-macosx_11_0_arm64.whl", k_main).at(0).python == "cp38");
  for (const char* name : {"torch-2.16.0rc1-cp312-cp312-win_amd64.whl", "torchvision-0.30.0-cp312-cp312-win_amd64.whl",
                           "torch-2.16.0.tar.gz", "torch-2.16.0-cp312-cp312-musllinux_1_2_x86_64.whl", ""})
    CHECK(parse_listed_wheel(name, k_main).empty());
}

TEST_CASE("what an index carries as the catalog says is no difference") {
  const auto same = listed({{k_main, "torch-2.1.0-cp311-cp311-manylinux_2_28_x86_64.whl"},
                            {k_main, "torch-2.1.0-cp312-cp312-manylinux_2_28_x86_64.whl"},
                            {k_torch, "torch-2.1.0+cu121-cp311-cp311-linux_x86_64.whl"},
                            {k_torch, "torch-2.1.0+cpu-cp311-cp311-linux_x86_64.whl"},
                            {k_main, "torch-2.0.0-cp311-cp311-win_amd64.whl"}});  // before the catalog's first
  CHECK(find_catalog_gaps(small_catalog(), same).empty());
}

TEST_CASE("new releases, Pythons and builds are told, and so is what is gone") {
  const auto gaps = find_catalog_gaps(small_catalog(), listed({{k_main, "torch-2.1.0-cp311-cp311-manylinux_2_28_x86_64.whl"},
                                                               {k_main, "torch-2.1.0-cp313-cp313-manylinux_2_28_x86_64.whl"},
                                                               {k_main, "torch-2.2.0-cp313-cp313-manylinux_2_28_x86_64.whl"},
                                                               {k_torch, "torch-2.1.0+cu124-cp311-cp311-linux_x86_64.whl"},
                                                               {k_torch, "torch-2.1.0+cpu-cp311-cp311-linux_x86_64.whl"}}));
  std::vector<std::string> texts;
  for (const auto& gap : gaps) texts.push_back(gap.kind + ": " + gap.text);
  CHECK(texts == std::vector<std::string>{
                     "release-missing: the main index has torch 2.2.0, and the catalog does not",
                     "wheels-missing: the main index has torch 2.1.0 of cp313 for manylinux_2_28_x86_64, and the catalog does not",
                     "wheels-gone: the catalog has torch 2.1.0 of cp312 for manylinux_2_28_x86_64, and the main index does not",
                     "variant-missing: the PyTorch index has torch 2.1.0 cu124 on linux-x86_64, and the catalog does not",
                     "variant-gone: the catalog has torch 2.1.0 cu121 on linux-x86_64, and the PyTorch index does not"});
}

TEST_CASE("nothing is said of an index that was not asked") {
  for (const auto& gap : find_catalog_gaps(small_catalog(), listed({{k_main, "torch-2.1.0-cp311-cp311-manylinux_2_28_x86_64.whl"}})))
    CHECK_FALSE(gap.kind.starts_with("variant-"));
  CHECK(find_catalog_gaps(small_catalog(), {}).empty());
}

TEST_CASE("a wheel's requirements say which build it is, under the platform's markers") {
  const auto [requires_dist, platform, variant] = GENERATE(table<std::vector<std::string>, std::string, std::string>({
      {{"cuda-toolkit[cublas,cudart]==13.2.2; platform_system == \"Linux\"", "filelock"}, "linux-x86_64", "cu132"},
      {{"cuda-toolkit[cublas]==13.4.1; platform_machine == \"x86_64\""}, "linux-aarch64", "cpu"},
      {{"nvidia-cuda-runtime-cu12==12.8.90; platform_system == \"Linux\" and platform_machine == \"x86_64\""}, "linux-x86_64", "cu128"},
      {{"nvidia-cuda-runtime-cu12==12.8.90; platform_system == \"Linux\""}, "windows-x86_64", "cpu"},
      {{"rocm[libraries,device-all]==7.14.*"}, "linux-x86_64", "rocm7.14"},
      {{"intel-sycl-rt==2025.3.0"}, "linux-x86_64", "xpu"},
      {{"filelock"}, "macos-arm64", "mps"},
      {{"filelock"}, "macos-x86_64", "cpu"},
      {{}, "linux-x86_64", "cpu"},
  }));
  CHECK(variant_of_requirements(requirements(requires_dist), platform) == variant);
}

TEST_CASE("a row for a new release holds its wheels, the defaults that they tell, and the builds that are listed") {
  const auto row = derive_release("2.2.0",
                                  listed({{k_main, "torch-2.2.0-cp313-cp313-manylinux_2_28_x86_64.whl"},
                                          {k_main, "torch-2.2.0-cp312-cp312-manylinux_2_28_x86_64.whl"},
                                          {k_main, "torch-2.2.0-cp312-cp312-macosx_14_0_arm64.whl"},
                                          {k_torch, "torch-2.2.0+cu124-cp312-cp312-linux_x86_64.whl"},
                                          {k_main, "torch-2.1.0-cp311-cp311-win_amd64.whl"}}),
                                  {{"linux-x86_64", "cu131"}, {"macos-arm64", "mps"}});
  using Names = std::vector<std::string>;
  CHECK(row.wheels.at("manylinux_2_28_x86_64") == Names{"cp312", "cp313"});
  CHECK(row.wheels.size() == 2);
  CHECK(row.variants.at("cu131") == Names{"linux-x86_64"});
  CHECK(row.variants.at("cu124") == Names{"linux-x86_64"});
  CHECK(row.variants.at("mps") == Names{"macos-arm64"});
  CHECK(row.variants.at("cpu") == Names{"macos-arm64"});
  CHECK(missing_toolkits(small_catalog(), {"cpu", "cu121", "cu131", "rocm7.2", "cu"}) ==
        std::vector<std::pair<std::string, std::string>>{{"cu131", "13.1"}});
}

TEST_CASE("the contents of a catalog hold what is known of a release") {
  const auto contents = catalog_contents(small_catalog());
  REQUIRE(contents.size() == 1);
  CHECK(contents[0].code.at("cu121 on linux-x86_64") == "sm_80");
  CHECK(contents[0].cxx_standard == "C++17");
  CHECK(contents[0].libtorch.at("cu121 on linux-x86_64") == "libtorch/cu121/new-2.1.0%2Bcu121.zip");
  CHECK(libtorch_archive(small_catalog(), "2.1.0", "cpu", "macos-arm64") == std::nullopt);
  CHECK(libtorch_archive(small_catalog(), "2.9.0", "cpu", "linux-x86_64") == std::nullopt);
  CHECK(catalog_date(small_catalog()) == "2026-11-23");
}

TEST_CASE("the built-in catalog names an archive of LibTorch for every platform that has one") {
  const auto& catalog = VariantCatalog::built_in();
  CHECK(libtorch_archive(catalog, "2.7.1", "cu128", "linux-x86_64") ==
        "libtorch/cu128/libtorch-cxx11-abi-shared-with-deps-2.7.1%2Bcu128.zip");
  CHECK(libtorch_archive(catalog, "2.8.0", "cpu", "linux-x86_64") == "libtorch/cpu/libtorch-shared-with-deps-2.8.0%2Bcpu.zip");
  CHECK(libtorch_archive(catalog, "2.15.0", "mps", "macos-arm64") == "libtorch/cpu/libtorch-macos-arm64-2.15.0.zip");
  CHECK(libtorch_archive(catalog, "2.15.0", "cu132", "windows-x86_64") ==
        "libtorch/cu132/libtorch-win-shared-with-deps-2.15.0%2Bcu132.zip");
  CHECK(libtorch_archive(catalog, "2.15.0", "cu132", "linux-aarch64") == std::nullopt);
}
