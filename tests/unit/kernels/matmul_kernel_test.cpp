#include "torchup/kernels/kernel.hpp"

#include "kernels/reference/multiply.hpp"
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
  prepared.outputs = matmul.run_native(prepared.kernel_case, prepared.inputs);
  return prepared;
}

ErrorMeasurement measure(const Prepared& prepared) {
  return kernel("matmul").measure(prepared.kernel_case, prepared.inputs, prepared.outputs);
}

template <class T>
std::vector<T> multiply_by_definition(const std::vector<T>& a, const std::vector<T>& b, std::int64_t rows, std::int64_t columns,
                                      std::int64_t depth) {
  std::vector<T> c(static_cast<std::size_t>(rows * columns));
  for (std::int64_t i = 0; i < rows; ++i) {
    for (std::int64_t j = 0; j < columns; ++j) {
      for (std::int64_t k = 0; k < depth; ++k) {
        c[static_cast<std::size_t>(i * columns + j)] +=
            a[static_cast<std::size_t>(i * depth + k)] * b[static_cast<std::size_t>(k * columns + j)];
      }
    }
  }
  return c;
}

/// Small whole numbers: every sum is exact in float32, so any order of additions gives the same.
template <class T>
std::vector<T> whole_numbers(std::int64_t count, int step) {
  std::vector<T> values(static_cast<std::size_t>(count));
  for (std::int64_t i = 0; i < count; ++i) values[static_cast<std::size_t>(i)] = static_cast<T>((i * step) % 17 - 8);
  return values;
}

}  // namespace

TEMPLATE_TEST_CASE("the blocked product is the definition's, whatever the edges", "", float, double) {
  struct Sizes {
    std::int64_t rows, columns, depth;
  };
  const auto sizes =
      GENERATE(Sizes{1, 1, 1}, Sizes{6, 16, 256}, Sizes{7, 17, 257}, Sizes{193, 33, 5}, Sizes{13, 2049, 3}, Sizes{400, 70, 600});
  const auto a = whole_numbers<TestType>(sizes.rows * sizes.depth, 7);
  const auto b = whole_numbers<TestType>(sizes.depth * sizes.columns, 5);
  std::vector<TestType> c(static_cast<std::size_t>(sizes.rows * sizes.columns));
  reference::multiply_add(reference::row_major(a.data(), sizes.depth), reference::row_major(b.data(), sizes.columns), c.data(),
                          sizes.columns, sizes.rows, sizes.columns, sizes.depth);
  CHECK(c == multiply_by_definition(a, b, sizes.rows, sizes.columns, sizes.depth));
}

TEST_CASE("a transposed view multiplies as the transposed matrix, and products add to what is there") {
  const std::vector<double> a{1, 2, 3, 4, 5, 6};  // 2 x 3
  std::vector<double> c{100, 0, 0, 0, 100, 0, 0, 0, 100};
  const auto view = reference::row_major(a.data(), 3);
  reference::multiply_add(reference::transposed(view), view, c.data(), 3, 3, 3, 2);
  CHECK(c == std::vector<double>{117, 22, 27, 22, 129, 36, 27, 36, 145});
}

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
  prepared.outputs =
      kernel("matmul").run_native(prepared.kernel_case, {test::rounded(prepared.inputs[0], 10), test::rounded(prepared.inputs[1], 10)});
  const ErrorMeasurement error = measure(prepared);
  CAPTURE(error.value);
  CHECK_FALSE(error.holds());
  CHECK(error.diagnosis == "as coarse as products of TF32 or float16 inputs");
}

TEST_CASE("products of bfloat16 inputs do not hold") {
  Prepared prepared = run_case("512x512");
  prepared.outputs =
      kernel("matmul").run_native(prepared.kernel_case, {test::rounded(prepared.inputs[0], 7), test::rounded(prepared.inputs[1], 7)});
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
  prepared.outputs = kernel("matmul").run_native(prepared.kernel_case, {a, prepared.inputs[1]});
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
