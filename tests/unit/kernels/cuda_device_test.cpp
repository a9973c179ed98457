#include "torchup/kernels/cuda_device.hpp"

#include "tests/unit/kernels/faults.hpp"

#include <catch2/catch.hpp>

using namespace torchup;

TEST_CASE("a library that is not there, or holds something else, is refused") {
  const auto missing = load_cuda_device("/nowhere/libtorchup_cuda_kernels.so");
  REQUIRE_FALSE(missing);
  CHECK(missing.error().message.find("the loader refuses the CUDA kernels: /nowhere/libtorchup_cuda_kernels.so") == 0);

  const auto other = load_cuda_device("libm.so.6");
  REQUIRE_FALSE(other);
  CHECK(other.error().message == "`libm.so.6` holds no CUDA kernels of this version");
}

#if defined(TORCHUP_CUDA_KERNELS)
namespace {

KernelCase last_plain_case(const Kernel& kernel) {
  KernelCase last;
  for (const KernelCase& each : kernel.cases()) {
    if (each.element == ElementType::float32 && each.option.empty()) last = each;
  }
  return last;
}

}  // namespace

TEST_CASE("the CUDA kernels refuse what is not plain float32") {
  const auto device = load_cuda_device(TORCHUP_CUDA_KERNELS);
  REQUIRE(device);
  for (const Kernel* kernel : kernel_table()) {
    for (const KernelCase& each : kernel->cases()) {
      if (each.element == ElementType::float32 && each.option.empty()) continue;
      const auto inputs = kernel->inputs(each);
      const auto prepared = (*device)->prepare(*kernel, each, inputs);
      REQUIRE(prepared);
      REQUIRE(std::holds_alternative<CannotRun>(*prepared));
      CHECK(std::get<CannotRun>(*prepared).reason == "our CUDA kernels are plain float32 ones");
    }
  }
}

TEST_CASE("the CUDA kernels load, and without a GPU say so; with one they hold") {
  const auto device = load_cuda_device(TORCHUP_CUDA_KERNELS);
  REQUIRE(device);
  CHECK((*device)->engine() == "cuda");
  for (const auto table : {kernel_table(), machine_kernel_table()}) {
    for (const Kernel* kernel : table) {
      const KernelCase kernel_case = last_plain_case(*kernel);
      const auto inputs = kernel->inputs(kernel_case);
      auto prepared = (*device)->prepare(*kernel, kernel_case, inputs);
      REQUIRE(prepared);
      if (const auto* cannot = std::get_if<CannotRun>(&*prepared)) {
        CHECK(cannot->reason.find("there is no CUDA device") == 0);
        continue;
      }
      PreparedRun& run = *std::get<std::unique_ptr<PreparedRun>>(*prepared);
      REQUIRE(run.run());
      const auto outputs = run.outputs();
      REQUIRE(outputs);
      const ErrorMeasurement error = kernel->measure(kernel_case, inputs, *outputs);
      CAPTURE(kernel->name, kernel_case.name, error.value, error.limit);
      CHECK(error.holds());
    }
  }
}
#endif
