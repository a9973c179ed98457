#include "kernels/native/eigh/batched_eigen.hpp"

#include "kernels/reference/random.hpp"
#include "kernels/reference/symmetric_eigen.hpp"
#include "tests/unit/kernels/native_sets.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

using namespace torchup;
using test::each_execution;

namespace {

struct Solved {
  std::size_t n;
  std::vector<float> matrices, values, vectors;
};

Solved solve(std::size_t n, std::vector<float> matrices, const native::Execution& execution) {
  const std::size_t batch = matrices.size() / (n * n);
  Solved solved{n, std::move(matrices), std::vector<float>(batch * n), std::vector<float>(batch * n * n)};
  native::batched_eigen(batch, n, solved.matrices, solved.values, solved.vectors, execution);
  return solved;
}

std::vector<float> symmetric(std::size_t batch, std::size_t n, float scale) {
  auto values = reference::random_values(batch * n * n, 77);
  for (std::size_t m = 0; m < batch; ++m) {
    float* const a = values.data() + m * n * n;
    for (std::size_t i = 0; i < n; ++i) {
      for (std::size_t j = 0; j <= i; ++j) a[j * n + i] = a[i * n + j] = a[i * n + j] * scale;
    }
  }
  return values;
}

/// |A V - V W| / (|A| n ulp) of one matrix of the batch, by its largest elements.
double residual(const Solved& solved, std::size_t matrix) {
  const std::size_t n = solved.n;
  const float *a = solved.matrices.data() + matrix * n * n, *v = solved.vectors.data() + matrix * n * n,
              *w = solved.values.data() + matrix * n;
  double worst = 0, norm = 0;
  for (std::size_t i = 0; i < n; ++i) {
    double row = 0;
    for (std::size_t j = 0; j < n; ++j) {
      double sum = 0;
      for (std::size_t k = 0; k < n; ++k) sum += static_cast<double>(a[i * n + k]) * static_cast<double>(v[k * n + j]);
      const double error = std::abs(sum - static_cast<double>(w[j]) * static_cast<double>(v[i * n + j]));
      if (!(error <= worst)) worst = error;
      row += std::abs(static_cast<double>(a[i * n + j]));
    }
    norm = std::max(norm, row);
  }
  return norm == 0 ? worst : worst / (norm * static_cast<double>(n) * 0x1p-23);
}

double loss_of_orthogonality(const Solved& solved, std::size_t matrix) {
  const std::size_t n = solved.n;
  const float* const v = solved.vectors.data() + matrix * n * n;
  double worst = 0;
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t j = 0; j < n; ++j) {
      double dot = 0;
      for (std::size_t k = 0; k < n; ++k) dot += static_cast<double>(v[k * n + i]) * static_cast<double>(v[k * n + j]);
      const double error = std::abs(dot - (i == j ? 1 : 0));
      if (!(error <= worst)) worst = error;
    }
  }
  return worst / (static_cast<double>(n) * 0x1p-23);
}

void check_batch(const Solved& solved, std::size_t batch) {
  for (std::size_t m = 0; m < batch; ++m) {
    CAPTURE(m);
    CHECK(residual(solved, m) < 10);
    CHECK(loss_of_orthogonality(solved, m) < 10);
    const auto begin = solved.values.begin() + static_cast<std::ptrdiff_t>(m * solved.n);
    CHECK(std::is_sorted(begin, begin + static_cast<std::ptrdiff_t>(solved.n)));
  }
}

}  // namespace

TEST_CASE("every lane holds a right decomposition, whatever the size, and whether or not lanes are left over") {
  const auto execution = each_execution();
  for (const std::size_t n : {1U, 2U, 3U, 5U, 31U, 32U, 33U, 64U}) {
    CAPTURE(native::instruction_set_name(execution.instructions), execution.threads, n);
    check_batch(solve(n, symmetric(19, n, 1), execution), 19);
  }
}

TEST_CASE("a matrix by itself is decomposed, whatever the size") {
  const auto execution = each_execution();
  for (const std::size_t n : {1U, 2U, 3U, 5U, 31U, 32U, 33U, 64U, 100U, 129U}) {
    CAPTURE(native::instruction_set_name(execution.instructions), n);
    check_batch(solve(n, symmetric(1, n, 1), execution), 1);
  }
  check_batch(solve(67, symmetric(3, 67, 1), execution), 3);  // larger than lanes are used for
}

TEST_CASE("very large and very small elements change nothing") {
  const auto execution = each_execution();
  const float scale = GENERATE(1e30F, 1e-30F);
  check_batch(solve(16, symmetric(9, 16, scale), execution), 9);
  check_batch(solve(16, symmetric(1, 16, scale), execution), 1);
}

TEST_CASE("zero, diagonal, repeated and already tridiagonal matrices are decomposed") {
  const auto execution = each_execution();
  const std::size_t n = 9;
  std::vector<float> matrices(4 * n * n);
  for (std::size_t i = 0; i < n; ++i) {
    matrices[n * n + i * n + i] = static_cast<float>(n - i);
    matrices[3 * n * n + i * n + i] = 2;
    if (i + 1 < n) matrices[3 * n * n + i * n + i + 1] = matrices[3 * n * n + (i + 1) * n + i] = -1;
  }
  std::fill(matrices.begin() + 2 * n * n, matrices.begin() + 3 * n * n, 1.0F);
  for (std::size_t m = 0; m < 4; ++m) {  // each by itself, too
    const auto begin = matrices.begin() + static_cast<std::ptrdiff_t>(m * n * n);
    check_batch(solve(n, {begin, begin + static_cast<std::ptrdiff_t>(n * n)}, execution), 1);
  }
  const Solved solved = solve(n, matrices, execution);
  check_batch(solved, 4);
  CHECK(solved.values[0] == 0);
  CHECK(solved.values[n] == 1);
  CHECK(solved.values[3 * n - 1] == Approx(9));
  CHECK(solved.values[3 * n] == Approx(2 - 2 * std::cos(3.14159265358979 / 10)).epsilon(1e-5));
}

TEST_CASE("eigenvalues are those of the float64 truth") {
  const std::size_t n = 33;
  const Solved solved = solve(n, symmetric(1, n, 1), each_execution());
  std::vector<double> matrix(solved.matrices.begin(), solved.matrices.end()), truth(n);
  REQUIRE(reference::symmetric_eigen(matrix, static_cast<std::int64_t>(n), truth, {}, reference::Vectors::no));
  for (std::size_t i = 0; i < n; ++i) CHECK(static_cast<double>(solved.values[i]) == Approx(truth[i]).margin(1e-5));
}

TEST_CASE("a matrix that holds what is no number spoils no other of its group") {
  const auto execution = each_execution();
  const float bad = GENERATE(std::numeric_limits<float>::quiet_NaN(), std::numeric_limits<float>::infinity());
  auto matrices = symmetric(5, 8, 1);
  matrices[2 * 64 + 8] = bad;
  const Solved solved = solve(8, matrices, execution);
  for (const std::size_t m : {0U, 1U, 3U, 4U}) CHECK(residual(solved, m) < 10);
  for (std::size_t i = 0; i < 8; ++i) CHECK(std::isnan(solved.values[16 + i]));
  for (std::size_t i = 0; i < 64; ++i) CHECK(std::isnan(solved.vectors[128 + i]));
  const Solved alone = solve(8, {matrices.begin() + 128, matrices.begin() + 192}, execution);
  for (const float value : alone.values) CHECK(std::isnan(value));
}

TEST_CASE("only the lower triangle is read") {
  auto matrices = symmetric(1, 6, 1);
  const Solved before = solve(6, matrices, {});
  for (std::size_t i = 0; i < 6; ++i) {
    for (std::size_t j = i + 1; j < 6; ++j) matrices[i * 6 + j] = 1000;
  }
  CHECK(solve(6, matrices, {}).values == before.values);
}
