#include "torchup/kernels/kernel.hpp"

#include "tests/unit/kernels/faults.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
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
  for (const KernelCase& each : kernel("attention").cases()) {
    const ErrorMeasurement error = Prepared(each.name).measure();
    CAPTURE(each.name, error.value, error.limit);
    CHECK(error.holds());
    CHECK(error.value > 0);
    CHECK(error.limit <
          (each.element == ElementType::float64 ? 1e-12 : 300 * unit_roundoff(each.element) + 1e-4));  // far below every fault
  }
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

TEST_CASE("attention of half the scale is named, in every type") {
  const auto name = GENERATE("2x3x67x40", "2x3x67x40-float64", "2x3x67x40-bfloat16", "2x3x67x40-causal-float16");
  Prepared prepared(name);
  std::vector<Tensor> inputs = prepared.inputs;
  for (std::size_t i = 0; i < element_count(inputs[0].sizes); ++i) inputs[0].put(i, inputs[0].at(i) / 2);
  prepared.outputs = prepared.run(inputs);
  CHECK(prepared.measure().diagnosis == "the scores are scaled by 0.5 / sqrt(depth)");
}

TEST_CASE("a mask that is not applied, or applied unasked, is named") {
  const auto run_as = [](Prepared& prepared, const char* option) {
    KernelCase other = prepared.kernel_case;
    other.option = option;
    prepared.outputs = test::run_native(kernel("attention"), other, prepared.inputs);
    return prepared.measure().diagnosis;
  };
  Prepared causal("2x3x67x40-causal"), masked("2x3x67x40-masked"), plain("2x3x67x40");
  CHECK(run_as(causal, "") == "the causal mask is not applied");
  CHECK(run_as(masked, "") == "the mask is not applied");
  CHECK(run_as(plain, "causal") == "keys are hidden as if a causal mask was asked for");
}

TEST_CASE("heads that take the wrong keys are found") {
  Prepared prepared("2x6x67x40-grouped");
  std::vector<Tensor> inputs = prepared.inputs;
  const auto head = static_cast<std::ptrdiff_t>(67 * 40);
  for (std::size_t i = 1; i < 3; ++i)
    std::swap_ranges(inputs[i].values.begin(), inputs[i].values.begin() + head, inputs[i].values.begin() + head);
  prepared.outputs = prepared.run(inputs);
  CHECK(prepared.measure().diagnosis == "the weighted sums are wrong");
}

TEST_CASE("float64 attention that was computed in float32 is named") {
  Prepared prepared("2x3x67x40-float64");
  KernelCase narrow = prepared.kernel_case;
  narrow.element = ElementType::float32;
  std::vector<Tensor> inputs;
  for (const Tensor& each : prepared.inputs) inputs.push_back(test::in_type(each, narrow.element));
  prepared.outputs = {test::in_type(test::run_native(kernel("attention"), narrow, inputs)[0], ElementType::float64)};
  CHECK(prepared.measure().diagnosis == "as coarse as arithmetic in float32");
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
  CHECK(prepared.measure().diagnosis == "as coarse as arithmetic in TF32 or with 16 bits");
}

TEST_CASE("one output that is no number is found") {
  Prepared prepared("2x3x67x40");
  prepared.outputs[0].values[100] = std::nanf("");
  CHECK_FALSE(prepared.measure().holds());
}
