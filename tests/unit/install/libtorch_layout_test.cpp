#include "src/install/libtorch_layout.hpp"

#include "src/install/blueprint.hpp"
#include "tests/support/small_store.hpp"

#include <catch2/catch.hpp>

using namespace torchup;
using namespace torchup::test;

namespace {

/// The text of each file that a wheel of torch gets in a LibTorch folder, by place, its metadata left out.
std::map<std::string, std::string> laid_out(const SmallStore& store, const WantedPackage& wheel) {
  const auto trees = open_trees({wheel});
  const auto layout = lay_out_native(wheel.artifact.manifest(), trees->front(), lay_out_libtorch()).value();
  std::map<std::string, std::string> places;
  for (const Placement& file : layout.files) {
    if (!file.path.starts_with("share/torchup/")) places[file.path] = file.source != nullptr ? "" : file.content;
  }
  static_cast<void>(store);
  return places;
}

}  // namespace

TEST_CASE("What C++ has use for finds its place, and the rest has none") {
  CHECK(native_place("torch/lib/libc10.so") == "lib/libc10.so");
  CHECK(native_place("torch/include/ATen/ATen.h") == "include/ATen/ATen.h");
  CHECK(native_place("torch/share/cmake/Torch/TorchConfig.cmake") == "share/cmake/Torch/TorchConfig.cmake");
  CHECK(native_place("nvidia/cu13/lib/libcublas.so.13") == "lib/libcublas.so.13");
  CHECK(native_place("torch.libs/libgomp-1.so.1") == "lib/libgomp-1.so.1");
  CHECK(native_place("mkl-2025.data/data/lib/libmkl_core.so.2") == "lib/libmkl_core.so.2");
  CHECK(native_place("torch/lib/libtorch_python.so") == std::nullopt);
  CHECK(native_place("torch/nn/modules/linear.py") == std::nullopt);
  CHECK(native_place("torch/_C.cpython-311-x86_64-linux-gnu.so") == std::nullopt);
  CHECK(native_place("nvidia/cu13/include/cublas.h") == std::nullopt);
  CHECK(native_place("nvidia/cu13/lib/libcudart_static.a") == std::nullopt);
}

TEST_CASE("A wheel of torch gets the version files that archives have") {
  const SmallStore store;
  const auto wheel = store.wheel("torch", "2.15.0",
                                 {{"torch/lib/libc10.so", {"c10"}},
                                  {"torch/__init__.py", {""}},
                                  {"torch/version.py", {"__version__ = '2.15.0+cpu'\ngit_version = 'abc'\n"}}});
  CHECK(laid_out(store, wheel) ==
        std::map<std::string, std::string>{{"build-hash", "abc\n"}, {"build-version", "2.15.0+cpu\n"}, {"lib/libc10.so", ""}});
}

TEST_CASE("Two files for one place are refused") {
  const SmallStore store;
  const auto wheel = store.wheel("demo", "1.0", {{"a/lib/libx.so", {"1"}}, {"b/lib/libx.so", {"2"}}});
  const auto trees = open_trees({wheel});
  const auto layout = lay_out_native(wheel.artifact.manifest(), trees->front(), lay_out_libtorch());
  REQUIRE_FALSE(layout);
  CHECK(layout.error().message == "it has two files for `lib/libx.so`");
}
