#include "torchup/kernels/kernel.hpp"

#include "kernels/reference/symmetric_eigen.hpp"
#include "tests/unit/kernels/faults.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>

using namespace torchup;
using test::case_of;
using test::kernel;

namespace {

struct Prepared {
  KernelCase kernel_case;
  std::vector<Tensor> inputs, outputs;

  explicit Prepared(std::string_view name) : kernel_case(case_of(kernel("eigh"), name)) {
    inputs = kernel("eigh").inputs(kernel_case);
    outputs = test::run_native(kernel("eigh"), kernel_case, inputs);
  }

  std::size_t batch() const { return static_cast<std::size_t>(kernel_case.sizes[0]); }
  std::size_t n() const { return static_cast<std::size_t>(kernel_case.sizes[1]); }
  ErrorMeasurement measure() const { return kernel("eigh").measure(kernel_case, inputs, outputs); }
};

/// 2 on the diagonal, -1 beside it: eigenvalues 2 - 2 cos(k pi / (n + 1)).
std::vector<double> second_difference(std::size_t n) {
  std::vector<double> matrix(n * n);
  for (std::size_t i = 0; i < n; ++i) {
    matrix[i * n + i] = 2;
    if (i + 1 < n) matrix[i * n + i + 1] = matrix[(i + 1) * n + i] = -1;
  }
  return matrix;
}

}  // namespace

TEST_CASE("eigenvalues of the second difference are the closed form's") {
  const std::size_t n = GENERATE(1U, 2U, 3U, 31U, 64U);
  std::vector<double> matrix = second_difference(n);
  std::vector<double> values(n), vectors(n * n);
  REQUIRE(reference::symmetric_eigen(matrix, static_cast<std::int64_t>(n), values, vectors, reference::Vectors::yes));
  for (std::size_t k = 0; k < n; ++k) {
    const double expected = 2 - 2 * std::cos(static_cast<double>(k + 1) * std::numbers::pi / static_cast<double>(n + 1));
    CHECK(values[k] == Approx(expected).epsilon(1e-13).margin(1e-14));
  }
}

TEST_CASE("repeated eigenvalues and zero matrices have orthonormal eigenvectors") {
  // All ones: eigenvalue 0 five times, then 6.
  std::vector<double> matrix(36, GENERATE(1.0, 0.0));
  const double largest = 6 * matrix[0];
  std::vector<double> values(6), vectors(36);
  REQUIRE(reference::symmetric_eigen(matrix, 6, values, vectors, reference::Vectors::yes));
  for (std::size_t k = 0; k < 5; ++k) CHECK(values[k] == Approx(0).margin(1e-14));
  CHECK(values[5] == Approx(largest));
  for (std::size_t i = 0; i < 6; ++i) {
    for (std::size_t j = 0; j < 6; ++j) {
      double dot = 0;
      for (std::size_t k = 0; k < 6; ++k) dot += vectors[k * 6 + i] * vectors[k * 6 + j];
      CHECK(dot == Approx(i == j ? 1 : 0).margin(1e-13));
    }
  }
}

TEST_CASE("numbers that are none do not converge, and end") {
  std::vector<double> matrix(9, std::numeric_limits<double>::quiet_NaN());
  std::vector<double> values(3);
  CHECK_FALSE(reference::symmetric_eigen(matrix, 3, values, {}, reference::Vectors::no));
}

TEST_CASE("a healthy decomposition holds on both sides of 32, in both types, in a batch and alone") {
  for (const KernelCase& each : kernel("eigh").cases()) {
    const ErrorMeasurement error = Prepared(each.name).measure();
    CAPTURE(each.name, error.value);
    CHECK(error.holds());
    CHECK(error.value > 0.01);
    CHECK(error.diagnosis.empty());
  }
}

TEST_CASE("a float64 decomposition that was computed in float32 is found") {
  Prepared prepared("64x64-float64");
  Prepared narrow("64x64");
  narrow.inputs = {test::in_type(prepared.inputs[0], ElementType::float32)};
  narrow.outputs = test::run_native(kernel("eigh"), narrow.kernel_case, narrow.inputs);
  for (std::size_t i = 0; i < 2; ++i) prepared.outputs[i] = test::in_type(narrow.outputs[i], ElementType::float64);
  CHECK(prepared.measure().value > 1e5);
}

TEST_CASE("eigenvectors that are the identity are found") {
  Prepared prepared("8x33x33");
  const std::size_t n = prepared.n();
  for (std::size_t i = 0; i < n; ++i) {
    prepared.outputs[0].values[i] = prepared.inputs[0].values[i * n + i];
    for (std::size_t j = 0; j < n; ++j) prepared.outputs[1].values[i * n + j] = i == j ? 1.0F : 0.0F;
  }
  std::sort(prepared.outputs[0].values.begin(), prepared.outputs[0].values.begin() + static_cast<std::ptrdiff_t>(n));
  const ErrorMeasurement error = prepared.measure();
  CHECK(error.value > 1e4);
  CHECK(error.diagnosis == "the eigenvalues are wrong or out of order");  // one matrix of eight

  for (std::size_t i = 0; i < prepared.batch() * n * n; ++i) prepared.outputs[1].values[i] = i % (n * n) % (n + 1) == 0 ? 1.0F : 0.0F;
  CHECK(prepared.measure().diagnosis == "the eigenvectors are the identity matrix");
}

TEST_CASE("right eigenvalues with another matrix's eigenvectors are found") {
  Prepared prepared("8x31x31");
  const auto count = static_cast<std::ptrdiff_t>(prepared.n() * prepared.n());
  auto& vectors = prepared.outputs[1].values;
  std::copy(vectors.begin(), vectors.begin() + count, vectors.begin() + count);
  CHECK(prepared.measure().diagnosis == "the eigenvectors do not belong to the matrix");
}

TEST_CASE("one eigenvalue of a thousand matrices off by a thousandth is found") {
  Prepared prepared("1000x32x32");
  prepared.outputs[0].values[500 * 32 + 7] += 1e-3F;
  CHECK_FALSE(prepared.measure().holds());
}

TEST_CASE("eigenvalues in falling order are found") {
  Prepared prepared("8x31x31");
  auto& values = prepared.outputs[0].values;
  std::swap(values[3], values[4]);
  CHECK(prepared.measure().value == std::numeric_limits<double>::infinity());
}

TEST_CASE("an eigenvector that is too long is found") {
  Prepared prepared("8x64x64");
  for (std::size_t row = 0; row < 64; ++row) prepared.outputs[1].values[row * 64 + 9] *= 1.001F;
  CHECK(prepared.measure().diagnosis == "the eigenvectors are not orthonormal");
}

TEST_CASE("eigenvalues that are no numbers are infinitely wrong") {
  Prepared prepared("8x31x31");
  prepared.outputs[0].values[0] = std::numeric_limits<float>::quiet_NaN();
  CHECK_FALSE(prepared.measure().holds());
}
