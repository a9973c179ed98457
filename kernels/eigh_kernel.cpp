// Eigenvalues and eigenvectors of a batch of symmetric float32 matrices.

#include "torchup/kernels/kernel.hpp"

#include "kernels/native/eigh/batched_eigen.hpp"
#include "kernels/native/matmul/multiply.hpp"
#include "kernels/reference/random.hpp"
#include "kernels/reference/symmetric_eigen.hpp"
#include "kernels/reference/worst.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

namespace torchup {

extern const Kernel eigh_kernel;

namespace {

constexpr double k_ulp = 0x1p-23;  // of float32, LAPACK's "precision"
constexpr double k_limit = 10;

struct Sizes {
  std::size_t batch, n;
};

Sizes sizes_of(const KernelCase& kernel_case) {
  return {static_cast<std::size_t>(kernel_case.sizes[0]), static_cast<std::size_t>(kernel_case.sizes[1])};
}

KernelCase batch_of(std::int64_t batch, std::int64_t n, std::uint32_t repetitions) {
  return {fmt::format("{0}x{1}x{1}", batch, n), {batch, n}, repetitions};
}

// Libraries change algorithm around n = 32, so both sides of it are judged.
std::vector<KernelCase> eigh_cases() { return {batch_of(1000, 32, 5), batch_of(8, 31, 1), batch_of(8, 33, 1), batch_of(8, 64, 1)}; }

std::vector<Tensor> eigh_inputs(const KernelCase& kernel_case) {
  const auto [batch, n] = sizes_of(kernel_case);
  Tensor a{{kernel_case.sizes[0], kernel_case.sizes[1], kernel_case.sizes[1]}, reference::random_values(batch * n * n, 31)};
  for (std::size_t matrix = 0; matrix < batch; ++matrix) {
    float* const values = a.values.data() + matrix * n * n;
    for (std::size_t i = 0; i < n; ++i) {
      for (std::size_t j = 0; j < i; ++j) values[j * n + i] = values[i * n + j];
    }
  }
  return {std::move(a)};
}

std::vector<TensorSizes> eigh_output_sizes(const KernelCase& kernel_case) {
  const auto batch = kernel_case.sizes[0], n = kernel_case.sizes[1];
  return {{batch, n}, {batch, n, n}};
}

void eigh_native(const KernelCase& kernel_case, const std::vector<Tensor>& inputs, std::vector<Tensor>& outputs) {
  const auto [batch, n] = sizes_of(kernel_case);
  native::batched_eigen(batch, n, inputs[0].values, outputs[0].values, outputs[1].values);
}

/// The 1-norm: the largest sum of a column's magnitudes.
double norm(const std::vector<double>& matrix, std::size_t n) {
  reference::Worst largest;
  for (std::size_t j = 0; j < n; ++j) {
    double sum = 0;
    for (std::size_t i = 0; i < n; ++i) sum += std::abs(matrix[i * n + j]);
    largest.take(sum);
  }
  return largest.value();
}

struct Solution {
  std::vector<double> a, w, v;
};

/// |A - V W V'| / (|A| n ulp), as LAPACK's own tests of eigenvalue routines measure.
double residual(const Solution& solution, std::size_t n) {
  std::vector<double> scaled(n * n);
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t j = 0; j < n; ++j) scaled[i * n + j] = -solution.v[i * n + j] * solution.w[j];
  }
  const auto size = static_cast<std::int64_t>(n);
  std::vector<double> rest = solution.a;
  native::multiply_add(native::row_major(scaled.data(), size), native::transposed(native::row_major(solution.v.data(), size)), rest.data(),
                       size, {size, size, size});
  return norm(rest, n) / (norm(solution.a, n) * static_cast<double>(n) * k_ulp);
}

/// |V'V - I| / (n ulp).
double orthogonality(const Solution& solution, std::size_t n) {
  const auto size = static_cast<std::int64_t>(n);
  std::vector<double> rest(n * n);
  for (std::size_t i = 0; i < n; ++i) rest[i * n + i] = -1;
  const auto v = native::row_major(solution.v.data(), size);
  native::multiply_add(native::transposed(v), v, rest.data(), size, {size, size, size});
  return norm(rest, n) / (static_cast<double>(n) * k_ulp);
}

/// max |w - w64| / (sqrt(n) max |w64| ulp); infinite where the eigenvalues do not ascend.
double eigenvalue_error(const Solution& solution, std::size_t n) {
  std::vector<double> matrix = solution.a;
  std::vector<double> truth(n);
  const bool converged = reference::symmetric_eigen(matrix, static_cast<std::int64_t>(n), truth, {}, reference::Vectors::no);
  if (!converged || !std::is_sorted(solution.w.begin(), solution.w.end())) return std::numeric_limits<double>::infinity();
  reference::Worst error;
  for (std::size_t i = 0; i < n; ++i) error.take(std::abs(solution.w[i] - truth[i]));
  const double largest = std::max(std::abs(truth.front()), std::abs(truth.back()));
  return error.value() / (std::sqrt(static_cast<double>(n)) * largest * k_ulp);
}

std::string eigh_diagnosis(double residuals, double orthogonal, double eigenvalues) {
  if (!(orthogonal < k_limit)) return "the eigenvectors are not orthonormal";
  if (!(eigenvalues < k_limit)) return "the eigenvalues are wrong or out of order";
  if (!(residuals < k_limit)) return "the eigenvectors do not belong to the matrix";
  return {};
}

std::vector<double> slice(const Tensor& tensor, std::size_t index, std::size_t count) {
  const auto first = tensor.values.begin() + static_cast<std::ptrdiff_t>(index * count);
  return {first, first + static_cast<std::ptrdiff_t>(count)};
}

ErrorMeasurement eigh_measure(const KernelCase& kernel_case, const std::vector<Tensor>& inputs, const std::vector<Tensor>& outputs) {
  const auto [batch, n] = sizes_of(kernel_case);
  reference::Worst residuals, orthogonal, eigenvalues;
  for (std::size_t i = 0; i < batch; ++i) {
    const Solution solution{slice(inputs[0], i, n * n), slice(outputs[0], i, n), slice(outputs[1], i, n * n)};
    residuals.take(residual(solution, n));
    orthogonal.take(orthogonality(solution, n));
    eigenvalues.take(eigenvalue_error(solution, n));
  }
  return {"max of |A - VWV'| / (|A| n ulp), |I - V'V| / (n ulp), |w - w64| / (sqrt(n) |A| ulp)",
          std::max({residuals.value(), orthogonal.value(), eigenvalues.value()}), k_limit,
          eigh_diagnosis(residuals.value(), orthogonal.value(), eigenvalues.value())};
}

/// 9 n^3 is what reduction, QL with vectors and the product with Q are usually counted as.
Work eigh_work(const KernelCase& kernel_case) {
  const auto batch = static_cast<double>(kernel_case.sizes[0]), n = static_cast<double>(kernel_case.sizes[1]);
  return {batch * 9 * n * n * n, batch * 4 * (2 * n * n + n), batch};
}

}  // namespace

const Kernel eigh_kernel{"eigh",       "eigenvalues and eigenvectors of a batch of symmetric float32 matrices",
                         "matrices/s", eigh_cases,
                         eigh_inputs,  eigh_output_sizes,
                         eigh_native,  eigh_measure,
                         eigh_work};

}  // namespace torchup
