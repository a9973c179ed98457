#include "torchup/kernels/kernel.hpp"

#include "tests/unit/kernels/faults.hpp"

#include <catch2/catch.hpp>

#include <limits>

using namespace torchup;
using test::case_of;
using test::kernel;

namespace {

struct Prepared {
  KernelCase kernel_case;
  std::vector<Tensor> inputs, outputs;
};

Prepared run_case(std::string_view name) {
  const Kernel& matmul = kernel("matmul");
  Prepared prepared{case_of(matmul, name), {}, {}};
  prepared.inputs = matmul.inputs(prepared.kernel_case);
  prepared.outputs = test::run_native(matmul, prepared.kernel_case, prepared.inputs);
  return prepared;
}

ErrorMeasurement measure(const Prepared& prepared) {
  return kernel("matmul").measure(prepared.kernel_case, prepared.inputs, prepared.outputs);
}

}  // namespace

TEST_CASE("a healthy float32 product holds at every size") {
  const auto name = GENERATE("512x512", "1024x1024", "67x129x83");
  const ErrorMeasurement error = measure(run_case(name));
  CAPTURE(name, error.value);
  CHECK(error.holds());
  CHECK(error.value > 0);  // a measure that never moves would hold for everything
  CHECK(error.diagnosis.empty());
}

TEST_CASE("products of TF32 inputs are named, also at the larger size") {
  const auto name = GENERATE("512x512", "1024x1024");
  Prepared prepared = run_case(name);
  prepared.outputs = test::run_native(kernel("matmul"), prepared.kernel_case,
                                      {test::rounded(prepared.inputs[0], 10), test::rounded(prepared.inputs[1], 10)});
  const ErrorMeasurement error = measure(prepared);
  CAPTURE(error.value);
  CHECK_FALSE(error.holds());
  CHECK(error.diagnosis == "as coarse as products of TF32 or float16 inputs");
}

TEST_CASE("products of bfloat16 inputs do not hold") {
  Prepared prepared = run_case("512x512");
  prepared.outputs = test::run_native(kernel("matmul"), prepared.kernel_case,
                                      {test::rounded(prepared.inputs[0], 7), test::rounded(prepared.inputs[1], 7)});
  CHECK(measure(prepared).diagnosis == "as coarse as products of bfloat16 inputs");
}

TEST_CASE("one wrong element among a million is found") {
  Prepared prepared = run_case("1024x1024");
  float& victim = prepared.outputs[0].values[777'777];
  victim += victim * 0x1p-9F;
  CHECK_FALSE(measure(prepared).holds());
}

TEST_CASE("a product that leaves out the last k does not hold") {
  Prepared prepared = run_case("512x512");
  Tensor a = prepared.inputs[0];
  for (std::size_t row = 0; row < 512; ++row) a.values[row * 512 + 511] = 0;
  prepared.outputs = test::run_native(kernel("matmul"), prepared.kernel_case, {a, prepared.inputs[1]});
  const ErrorMeasurement error = measure(prepared);
  CHECK(error.value > 1000);
  CHECK(error.diagnosis == "some elements are wrong");
}

TEST_CASE("a single element that is no number is infinitely wrong") {
  Prepared prepared = run_case("67x129x83");
  prepared.outputs[0].values[5] = std::numeric_limits<float>::quiet_NaN();
  const ErrorMeasurement error = measure(prepared);
  CHECK(error.value == std::numeric_limits<double>::infinity());
  CHECK_FALSE(error.holds());
}

TEST_CASE("a matmul's work is two operations for each product") {
  const Kernel& matmul = kernel("matmul");
  const Work work = matmul.work(case_of(matmul, "512x512"));
  CHECK(work.flops == 2.0 * 512 * 512 * 512);
  CHECK(work_rate(matmul, work, 0.01) == Approx(26.8435456));
  CHECK(work_rate(matmul, work, 0) == 0);
}
