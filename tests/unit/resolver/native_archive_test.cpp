#include "torchup/resolver/native_archive.hpp"

#include <catch2/catch.hpp>

using namespace torchup;

namespace {

std::string path_of(const char* release, const char* variant, const char* platform, const char* abi = "") {
  const auto archive = find_native_archive(VariantCatalog::built_in(), release, variant, platform, abi);
  return archive ? archive->path + " " + archive->build.abi : "none";
}

}  // namespace

TEST_CASE("An archive's name means another ABI from 2.8 on") {
  CHECK(path_of("2.6.0", "cu126", "linux-x86_64") == "libtorch/cu126/libtorch-cxx11-abi-shared-with-deps-2.6.0%2Bcu126.zip cxx11");
  CHECK(path_of("2.6.0", "cu126", "linux-x86_64", "pre-cxx11") == "libtorch/cu126/libtorch-shared-with-deps-2.6.0%2Bcu126.zip pre-cxx11");
  CHECK(path_of("2.7.1", "cpu", "linux-x86_64") == "libtorch/cpu/libtorch-cxx11-abi-shared-with-deps-2.7.1%2Bcpu.zip cxx11");
  CHECK(path_of("2.7.1", "cpu", "linux-x86_64", "pre-cxx11") == "none");
  CHECK(path_of("2.8.0", "cpu", "linux-x86_64") == "libtorch/cpu/libtorch-shared-with-deps-2.8.0%2Bcpu.zip cxx11");
  CHECK(path_of("2.8.0", "cpu", "linux-x86_64", "pre-cxx11") == "none");
}

TEST_CASE("Other systems know one ABI, and Linux on aarch64 has no archive") {
  CHECK(path_of("2.8.0", "cpu", "linux-aarch64") == "none");
  CHECK(path_of("2.8.0", "mps", "macos-arm64") == "libtorch/cpu/libtorch-macos-arm64-2.8.0.zip ");
  CHECK(path_of("2.8.0", "cu128", "windows-x86_64", "cxx11") == "libtorch/cu128/libtorch-win-shared-with-deps-2.8.0%2Bcu128.zip ");
}

TEST_CASE("What an archive must hold follows from its name and release") {
  const auto& catalog = VariantCatalog::built_in();
  const std::string name = "libtorch-shared-with-deps-";
  CHECK(native_build_of_archive(catalog, "2.6.0", name + "2.6.0+cu126.zip") == NativeBuild{"linux", "x86_64", "pre-cxx11"});
  CHECK(native_build_of_archive(catalog, "2.8.0", name + "2.8.0+cu126.zip") == NativeBuild{"linux", "x86_64", "cxx11"});
  CHECK(native_build_of_archive(catalog, "2.8.0", "libtorch-macos-arm64-2.8.0.zip") == NativeBuild{"macos", "arm64", ""});
  CHECK(native_build_of_archive(catalog, "2.7.0", name + "2.7.0+cu126.zip") == std::nullopt);
  CHECK(native_build_of_archive(catalog, "2.8.0", name + "2.6.0+cu126.zip") == std::nullopt);
}

TEST_CASE("What a wheel must hold follows from its tag and release") {
  const auto& catalog = VariantCatalog::built_in();
  CHECK(native_build_of_wheel(catalog, "2.5.1", "torch-2.5.1-cp311-cp311-manylinux1_x86_64.whl") ==
        NativeBuild{"linux", "x86_64", "pre-cxx11"});
  CHECK(native_build_of_wheel(catalog, "2.6.0", "torch-2.6.0-cp311-cp311-manylinux_2_28_aarch64.whl") ==
        NativeBuild{"linux", "aarch64", "cxx11"});
  CHECK(native_build_of_wheel(catalog, "2.15.0", "torch-2.15.0-cp311-cp311-win_amd64.whl") == NativeBuild{"windows", "x86_64", ""});
  CHECK(native_build_of_wheel(catalog, "2.15.0", "torch-2.15.0-cp311-cp311-macosx_14_0_arm64.whl") == NativeBuild{"macos", "arm64", ""});
  CHECK(native_build_of_wheel(catalog, "2.15.0", "torch-2.15.0-py3-none-any.whl") == std::nullopt);
}
