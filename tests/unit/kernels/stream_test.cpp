#include "kernels/native/stream/stream.hpp"

#include "torchup/kernels/kernel.hpp"

#include "tests/unit/kernels/faults.hpp"

#include <catch2/catch.hpp>

#include <cmath>
#include <limits>
#include <vector>

using namespace torchup;
using test::case_of;
using test::kernel;

namespace {

struct Prepared {
  const Kernel& of;
  KernelCase kernel_case;
  std::vector<Tensor> inputs, outputs;

  Prepared(std::string_view kernel_name, std::string_view case_name) : of(kernel(kernel_name)), kernel_case(case_of(of, case_name)) {
    inputs = of.inputs(kernel_case);
    outputs = test::run_native(of, kernel_case, inputs);
  }
  ErrorMeasurement measure() const { return of.measure(kernel_case, inputs, outputs); }
};

native::StreamLoops each_loops() { return native::stream_loops(GENERATE(from_range(native::usable_instruction_sets()))); }

std::vector<float> counting(std::size_t count) {
  std::vector<float> values(count);
  for (std::size_t i = 0; i < count; ++i) values[i] = static_cast<float>(i % 100);
  return values;
}

}  // namespace

TEST_CASE("the loops over arrays take every element, also where vectors end") {
  const auto loops = each_loops();
  for (const std::size_t count : {0U, 1U, 7U, 31U, 32U, 33U, 64U, 129U, 4095U, 4096U, 4097U, 10'000U}) {
    CAPTURE(count);
    const auto a = counting(count);
    const std::vector<float> b(count, 2.0F);
    std::vector<float> out(count + 1, -1);
    double sum = 0;
    loops.multiply(count, a.data(), b.data(), out.data());
    for (std::size_t i = 0; i < count; ++i) {
      if (out[i] != 2 * a[i]) FAIL("product " << i);
      sum += static_cast<double>(a[i]);
    }
    loops.triad(count, 3, a.data(), b.data(), out.data());
    for (std::size_t i = 0; i < count; ++i) {
      if (out[i] != a[i] + 6) FAIL("triad " << i);
    }
    CHECK(out[count] == -1);
    CHECK(loops.sum(count, a.data()) == sum);  // whole numbers: exact in any order
  }
}

TEST_CASE("a sum of what is no number is none") {
  auto values = counting(100);
  values[99] = std::numeric_limits<float>::quiet_NaN();
  CHECK(std::isnan(each_loops().sum(values.size(), values.data())));
}

TEST_CASE("healthy loops hold at every case") {
  const auto* const each = GENERATE(&kernel("elementwise"), &kernel("reduce"), &kernel("triad"), &kernel("peak"));
  for (const KernelCase& kernel_case : each->cases()) {
    const Prepared prepared(each->name, kernel_case.name);
    const ErrorMeasurement error = prepared.measure();
    CAPTURE(each->name, kernel_case.name, error.value);
    CHECK(error.holds());
    CHECK(error.diagnosis.empty());
    CHECK(each->work(kernel_case).flops > 0);
  }
}

TEST_CASE("one element that is wrong in its last place but one is found") {
  Prepared prepared(GENERATE("elementwise", "triad"), "1021");
  float& victim = prepared.outputs[0].values[1020];
  victim += victim * 0x1p-21F;
  CHECK_FALSE(prepared.measure().holds());
}

TEST_CASE("a sum that leaves out one of four million elements is found") {
  Prepared prepared("reduce", "4194304");
  prepared.outputs[0].values[0] -= 0.75F;
  const ErrorMeasurement error = prepared.measure();
  CAPTURE(error.value);
  CHECK(error.diagnosis == "the sum is wrong");
}

TEST_CASE("a chain that missed a step, and results that are no numbers, are found") {
  Prepared prepared("peak", "3");
  prepared.outputs[0].values[5] = 1.5F;  // after two steps
  CHECK(prepared.measure().diagnosis == "a chain of multiplications and additions is wrong");
  const auto* const name = GENERATE("elementwise", "triad", "reduce");
  Prepared spoiled(name, "1021");
  spoiled.outputs[0].values[0] = std::numeric_limits<float>::quiet_NaN();
  CHECK_FALSE(spoiled.measure().holds());
}

TEST_CASE("rates are of what the kernel counts") {
  CHECK(work_rate(kernel("matmul"), {4e9, 2e9, 8}, 2) == 2);
  CHECK(work_rate(kernel("triad"), {4e9, 2e9, 8}, 2) == 1);
  CHECK(work_rate(kernel("eigh"), {4e9, 2e9, 8}, 2) == 4);
}

TEST_CASE("what measures only the machine is not asked of frameworks, but found by name") {
  for (const Kernel* each : kernel_table()) CHECK(each->name != "triad");
  CHECK(find_kernel("triad") != nullptr);
  CHECK(find_kernel("peak") != nullptr);
  CHECK(find_kernel("no such kernel") == nullptr);
}
