#include "src/libtorch/native_packages.hpp"

#include <catch2/catch.hpp>

#include <string>
#include <vector>

using namespace torchup;

namespace {

LockedPackage package(const std::string& name, const std::string& wheel) {
  const auto digest = Sha256::parse(std::string(64, '0')).value();
  return {.name = PackageName::parse(name).value(),
          .version = Version::parse("1.0").value(),
          .wheels = {{wheel, Url::parse("https://index.example/" + wheel).value(), 1, digest}}};
}

}  // namespace

TEST_CASE("Of a lock torch and wheels of libraries stay") {
  Lockfile lock;
  lock.packages = {package("cuda-bindings", "cuda_bindings-1.0-cp311-cp311-manylinux_2_24_x86_64.whl"),
                   package("cuda-toolkit", "cuda_toolkit-1.0-py2.py3-none-any.whl"),
                   package("mkl", "mkl-1.0-py2.py3-none-manylinux1_x86_64.whl"),
                   package("nvidia-cublas", "nvidia_cublas-1.0-py3-none-manylinux_2_27_x86_64.whl"),
                   package("sympy", "sympy-1.0-py3-none-any.whl"),
                   package("torch", "torch-1.0-cp311-cp311-manylinux_2_28_x86_64.whl"),
                   package("triton", "triton-1.0-cp311-cp311-manylinux_2_28_x86_64.whl")};
  std::vector<std::string> names;
  for (const LockedPackage& one : native_packages(lock).packages) names.push_back(one.name.text());
  CHECK(names == std::vector<std::string>{"mkl", "nvidia-cublas", "torch"});
}
