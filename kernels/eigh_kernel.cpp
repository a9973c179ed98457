// Eigenvalues and eigenvectors of symmetric matrices, one or a batch of them, float32 and float64.

#include "torchup/kernels/kernel.hpp"

#include "kernels/native/eigh/batched_eigen.hpp"
#include "kernels/native/matmul/multiply.hpp"
#include "kernels/reference/case_name.hpp"
#include "kernels/reference/random.hpp"
#include "kernels/reference/symmetric_eigen.hpp"
#include "kernels/reference/worst.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <span>
#include <utility>

namespace torchup {

extern const Kernel eigh_kernel;

namespace {

constexpr double k_limit = 10;

/// LAPACK's "precision".
double ulp_of(ElementType element) { return 2 * unit_roundoff(element); }

struct Sizes {
  std::size_t batch, n;
};

/// Batch and n, or with the option "single" n alone.
Sizes sizes_of(const KernelCase& kernel_case) {
  const bool single = kernel_case.option == "single";
  return {single ? 1 : static_cast<std::size_t>(kernel_case.sizes[0]), static_cast<std::size_t>(kernel_case.sizes.back())};
}

KernelCase batch_of(std::int64_t batch, std::int64_t n, std::uint32_t repetitions, ElementType element = ElementType::float32) {
  return {reference::case_name(fmt::format("{0}x{1}x{1}", batch, n), element), {batch, n}, repetitions, element};
}

KernelCase single(std::int64_t n, ElementType element) {
  return {reference::case_name(fmt::format("{0}x{0}", n), element), {n}, 1, element, "single"};
}

// Libraries change algorithm around n = 32, and for a matrix that is no batch, so all sides of that are judged.
std::vector<KernelCase> eigh_cases() {
  std::vector<KernelCase> cases{batch_of(1000, 32, 5), batch_of(8, 31, 1), batch_of(8, 33, 1), batch_of(8, 64, 1)};
  for (const std::int64_t n : {31, 32, 33, 64}) cases.push_back(batch_of(8, n, 1, ElementType::float64));
  for (const ElementType element : {ElementType::float32, ElementType::float64}) {
    for (const std::int64_t n : {33, 64}) cases.push_back(single(n, element));
  }
  return cases;
}

std::vector<Tensor> eigh_inputs(const KernelCase& kernel_case) {
  const auto [batch, n] = sizes_of(kernel_case);
  TensorSizes sizes = kernel_case.sizes;
  sizes.push_back(sizes.back());
  Tensor a = reference::random_tensor(std::move(sizes), kernel_case.element, 31);
  for (std::size_t matrix = 0; matrix < batch; ++matrix) {
    const std::size_t start = matrix * n * n;
    for (std::size_t i = 0; i < n; ++i) {
      for (std::size_t j = 0; j < i; ++j) a.put(start + j * n + i, a.at(start + i * n + j));
    }
  }
  return {std::move(a)};
}

std::vector<TensorSizes> eigh_output_sizes(const KernelCase& kernel_case) {
  TensorSizes vectors = kernel_case.sizes;
  vectors.push_back(vectors.back());
  return {kernel_case.sizes, std::move(vectors)};
}

void eigh_native(const KernelCase& kernel_case, const std::vector<Tensor>& inputs, std::vector<Tensor>& outputs) {
  const auto [batch, n] = sizes_of(kernel_case);
  if (kernel_case.element == ElementType::float32) {
    native::batched_eigen(batch, n, inputs[0].values, outputs[0].values, outputs[1].values);
    return;
  }
  std::vector<double> matrices = inputs[0].wide;  // no loop of ours: the reference
  const std::span<double> values = outputs[0].wide, vectors = outputs[1].wide;
  for (std::size_t i = 0; i < batch; ++i) {
    reference::symmetric_eigen(std::span(matrices).subspan(i * n * n, n * n), static_cast<std::int64_t>(n), values.subspan(i * n, n),
                               vectors.subspan(i * n * n, n * n), reference::Vectors::yes);
  }
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
  double ulp;
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
  return norm(rest, n) / (norm(solution.a, n) * static_cast<double>(n) * solution.ulp);
}

/// |V'V - I| / (n ulp).
double orthogonality(const Solution& solution, std::size_t n) {
  const auto size = static_cast<std::int64_t>(n);
  std::vector<double> rest(n * n);
  for (std::size_t i = 0; i < n; ++i) rest[i * n + i] = -1;
  const auto v = native::row_major(solution.v.data(), size);
  native::multiply_add(native::transposed(v), v, rest.data(), size, {size, size, size});
  return norm(rest, n) / (static_cast<double>(n) * solution.ulp);
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
  return error.value() / (std::sqrt(static_cast<double>(n)) * largest * solution.ulp);
}

bool is_identity(const std::vector<double>& matrix, std::size_t n) {
  for (std::size_t i = 0; i < n * n; ++i) {
    if (matrix[i] != (i / n == i % n ? 1.0 : 0.0)) return false;
  }
  return true;
}

std::string eigh_diagnosis(double residuals, double orthogonal, double eigenvalues, bool identity) {
  if (identity) return "the eigenvectors are the identity matrix";
  if (!(orthogonal < k_limit)) return "the eigenvectors are not orthonormal";
  if (!(eigenvalues < k_limit)) return "the eigenvalues are wrong or out of order";
  if (!(residuals < k_limit)) return "the eigenvectors do not belong to the matrix";
  return {};
}

std::vector<double> slice(const Tensor& tensor, std::size_t index, std::size_t count) {
  std::vector<double> values(count);
  for (std::size_t i = 0; i < count; ++i) values[i] = tensor.at(index * count + i);
  return values;
}

ErrorMeasurement eigh_measure(const KernelCase& kernel_case, const std::vector<Tensor>& inputs, const std::vector<Tensor>& outputs) {
  const auto [batch, n] = sizes_of(kernel_case);
  reference::Worst residuals, orthogonal, eigenvalues;
  bool identity = true;
  for (std::size_t i = 0; i < batch; ++i) {
    const Solution solution{slice(inputs[0], i, n * n), slice(outputs[0], i, n), slice(outputs[1], i, n * n), ulp_of(kernel_case.element)};
    residuals.take(residual(solution, n));
    orthogonal.take(orthogonality(solution, n));
    eigenvalues.take(eigenvalue_error(solution, n));
    identity = identity && is_identity(solution.v, n);
  }
  return {"max of |A - VWV'| / (|A| n ulp), |I - V'V| / (n ulp), |w - w64| / (sqrt(n) |A| ulp)",
          std::max({residuals.value(), orthogonal.value(), eigenvalues.value()}), k_limit,
          eigh_diagnosis(residuals.value(), orthogonal.value(), eigenvalues.value(), identity)};
}

/// 9 n^3 is what reduction, QL with vectors and the product with Q are usually counted as.
Work eigh_work(const KernelCase& kernel_case) {
  const Sizes sizes = sizes_of(kernel_case);
  const auto batch = static_cast<double>(sizes.batch), n = static_cast<double>(sizes.n);
  return {batch * 9 * n * n * n, batch * static_cast<double>(element_size(kernel_case.element)) * (2 * n * n + n), batch};
}

}  // namespace

const Kernel eigh_kernel{"eigh",       "eigenvalues and eigenvectors of symmetric matrices",
                         "matrices/s", eigh_cases,
                         eigh_inputs,  eigh_output_sizes,
                         eigh_native,  eigh_measure,
                         eigh_work};

}  // namespace torchup
