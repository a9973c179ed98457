#include "torchup/kernels/kernel.hpp"

#include "tests/unit/kernels/faults.hpp"

#include <catch2/catch.hpp>

#include <cmath>

using namespace torchup;
using test::case_of;
using test::kernel;

namespace {

struct Prepared {
  KernelCase kernel_case;
  std::vector<Tensor> inputs, outputs;

  explicit Prepared(std::string_view name) : kernel_case(case_of(kernel("attention"), name)) {
    inputs = kernel("attention").inputs(kernel_case);
    outputs = run(inputs);
  }

  std::vector<Tensor> run(const std::vector<Tensor>& with) const { return test::run_native(kernel("attention"), kernel_case, with); }
  ErrorMeasurement measure() const { return kernel("attention").measure(kernel_case, inputs, outputs); }
};

}  // namespace

TEST_CASE("healthy attention holds, with edges in every direction too") {
  const auto name = GENERATE("1x8x1024x64", "2x3x67x40");
  const ErrorMeasurement error = Prepared(name).measure();
  CAPTURE(name, error.value, error.limit);
  CHECK(error.holds());
  CHECK(error.value > 0);
  CHECK(error.limit < 1e-4);  // far below every fault
}

TEST_CASE("attention with a wrong scale is found") {
  Prepared prepared("2x3x67x40");
  std::vector<Tensor> inputs = prepared.inputs;
  for (float& value : inputs[0].values) value *= std::sqrt(40.0F) / 8.0F;  // scaled for a depth of 64
  prepared.outputs = prepared.run(inputs);
  const ErrorMeasurement error = prepared.measure();
  CHECK(error.value > 100 * error.limit);
  CHECK(error.diagnosis == "the weighted sums are wrong");
}

TEST_CASE("attention that leaves out the last key is found") {
  Prepared prepared("2x3x67x40");
  std::vector<Tensor> inputs = prepared.inputs;
  for (std::size_t head = 0; head < 6; ++head) {
    for (std::size_t i = 0; i < 40; ++i) inputs[2].values[(head * 67 + 66) * 40 + i] = 0;
  }
  prepared.outputs = prepared.run(inputs);
  CHECK_FALSE(prepared.measure().holds());
}

TEST_CASE("attention of TF32 inputs is found") {
  Prepared prepared("1x8x1024x64");
  prepared.outputs = prepared.run({test::rounded(prepared.inputs[0], 10), test::rounded(prepared.inputs[1], 10), prepared.inputs[2]});
  CHECK_FALSE(prepared.measure().holds());
}

TEST_CASE("one output that is no number is found") {
  Prepared prepared("2x3x67x40");
  prepared.outputs[0].values[100] = std::nanf("");
  CHECK_FALSE(prepared.measure().holds());
}
