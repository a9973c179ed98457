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

TEST_CASE("a healthy product holds at every size and in every type") {
  const auto name = GENERATE("512x512", "1024x1024", "67x129x83", "256x256-float64", "67x129x83-float64", "512x512-bfloat16",
                             "67x129x83-bfloat16", "512x512-float16", "67x129x83-float16");
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

TEST_CASE("a float64 product that was computed in float32 is named") {
  const auto name = GENERATE("256x256-float64", "67x129x83-float64");
  Prepared prepared = run_case(name);
  KernelCase narrow = prepared.kernel_case;
  narrow.element = ElementType::float32;
  const auto outputs = test::run_native(
      kernel("matmul"), narrow, {test::in_type(prepared.inputs[0], narrow.element), test::in_type(prepared.inputs[1], narrow.element)});
  prepared.outputs = {test::in_type(outputs[0], ElementType::float64)};
  CHECK(measure(prepared).diagnosis == "as coarse as products in float32");
}

TEST_CASE("sums that are kept in 16 bits are named") {
  const auto element = GENERATE(ElementType::bfloat16, ElementType::float16);
  Prepared prepared = run_case("67x129x83-" + std::string(element_name(element)));
  for (std::size_t row = 0; row < 67; ++row) {
    for (std::size_t column = 0; column < 129; ++column) {
      double sum = 0;
      for (std::size_t k = 0; k < 83; ++k) {
        sum = rounded_to(element, sum + prepared.inputs[0].at(row * 83 + k) * prepared.inputs[1].at(k * 129 + column));
      }
      prepared.outputs[0].put(row * 129 + column, sum);
    }
  }
  const ErrorMeasurement error = measure(prepared);
  CHECK_FALSE(error.holds());
  CHECK(error.diagnosis == "as coarse as sums kept in " + std::string(element_name(element)));
}

TEST_CASE("one wrong element is found in every type") {
  const auto element = GENERATE(ElementType::float64, ElementType::bfloat16, ElementType::float16);
  Prepared prepared = run_case("67x129x83-" + std::string(element_name(element)));
  Tensor& out = prepared.outputs[0];
  out.put(4321, out.at(4321) * (1 + 16 * unit_roundoff(element)) + 512 * unit_roundoff(element));
  CHECK(measure(prepared).diagnosis == "1 of 8643 elements are wrong");
}

TEST_CASE("one wrong element among a million is found") {
  Prepared prepared = run_case("1024x1024");
  float& victim = prepared.outputs[0].values[777'777];
  victim += victim * 0x1p-9F;
  const ErrorMeasurement error = measure(prepared);
  CHECK_FALSE(error.holds());
  CHECK(error.diagnosis == "1 of 1048576 elements are wrong");
}

TEST_CASE("a product that leaves out the last k does not hold") {
  Prepared prepared = run_case("512x512");
  Tensor a = prepared.inputs[0];
  for (std::size_t row = 0; row < 512; ++row) a.values[row * 512 + 511] = 0;
  prepared.outputs = test::run_native(kernel("matmul"), prepared.kernel_case, {a, prepared.inputs[1]});
  const ErrorMeasurement error = measure(prepared);
  CHECK(error.value > 1000);
  CHECK(error.diagnosis == "the last of the 512 products of each sum is left out");
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
