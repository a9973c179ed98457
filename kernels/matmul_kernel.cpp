// Matrix product of two float32 matrices.

#include "torchup/kernels/kernel.hpp"

#include "kernels/native/matmul/multiply.hpp"
#include "kernels/reference/random.hpp"
#include "kernels/reference/worst.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace torchup {

extern const Kernel matmul_kernel;

namespace {

struct Sizes {
  std::int64_t rows, columns, depth;
};

Sizes sizes_of(const KernelCase& kernel_case) { return {kernel_case.sizes[0], kernel_case.sizes[1], kernel_case.sizes[2]}; }

KernelCase square(std::int64_t n, std::uint32_t repetitions) { return {fmt::format("{0}x{0}", n), {n, n, n}, repetitions}; }

// The odd one has edges in every direction of any register tile.
std::vector<KernelCase> matmul_cases() { return {square(512, 15), square(1024, 9), {"67x129x83", {67, 129, 83}, 1}}; }

std::vector<Tensor> matmul_inputs(const KernelCase& kernel_case) {
  const auto [rows, columns, depth] = sizes_of(kernel_case);
  return {{{rows, depth}, reference::random_values(static_cast<std::size_t>(rows * depth), 11)},
          {{depth, columns}, reference::random_values(static_cast<std::size_t>(depth * columns), 12)}};
}

std::vector<TensorSizes> matmul_output_sizes(const KernelCase& kernel_case) {
  const auto [rows, columns, depth] = sizes_of(kernel_case);
  return {{rows, columns}};
}

void matmul_native(const KernelCase& kernel_case, const std::vector<Tensor>& inputs, std::vector<Tensor>& outputs) {
  const auto [rows, columns, depth] = sizes_of(kernel_case);
  auto& out = outputs[0].values;
  std::fill(out.begin(), out.end(), 0.0F);
  native::multiply_add(native::row_major(inputs[0].values.data(), depth), native::row_major(inputs[1].values.data(), columns), out.data(),
                       columns, {rows, columns, depth});
}

std::vector<double> product(const Sizes& sizes, const std::vector<double>& a, const std::vector<double>& b) {
  std::vector<double> c(static_cast<std::size_t>(sizes.rows * sizes.columns));
  native::multiply_add(native::row_major(a.data(), sizes.depth), native::row_major(b.data(), sizes.columns), c.data(), sizes.columns,
                       {sizes.rows, sizes.columns, sizes.depth});
  return c;
}

std::vector<double> absolute(std::vector<double> values) {
  for (double& value : values) value = std::abs(value);
  return values;
}

std::string matmul_diagnosis(double value) {
  if (value < 1) return {};
  if (value >= 8 && value < 400) return "as coarse as products of TF32 or float16 inputs";
  if (value >= 400 && value < 1000) return "as coarse as products of bfloat16 inputs";
  return "some elements are wrong";
}

/// Rounding of a sum of k products grows like sqrt(k) u |A||B| where roundings are random; a bound with k instead of its
/// root would let TF32 pass for large k.
ErrorMeasurement matmul_measure(const KernelCase& kernel_case, const std::vector<Tensor>& inputs, const std::vector<Tensor>& outputs) {
  const Sizes sizes = sizes_of(kernel_case);
  const std::vector<double> a(inputs[0].values.begin(), inputs[0].values.end());
  const std::vector<double> b(inputs[1].values.begin(), inputs[1].values.end());
  const std::vector<double> truth = product(sizes, a, b);
  const std::vector<double> magnitude = product(sizes, absolute(a), absolute(b));
  const double unit = std::sqrt(static_cast<double>(sizes.depth)) * 0x1p-24;

  reference::Worst worst;
  for (std::size_t i = 0; i < truth.size(); ++i) {
    const double error = std::abs(static_cast<double>(outputs[0].values[i]) - truth[i]);
    if (error != 0) worst.take(error / (unit * magnitude[i]));
  }
  return {"max |C - C64| / (sqrt(k) u |A||B|)", worst.value(), 1.0, matmul_diagnosis(worst.value())};
}

Work matmul_work(const KernelCase& kernel_case) {
  const auto [rows, columns, depth] = sizes_of(kernel_case);
  return {2.0 * static_cast<double>(rows) * static_cast<double>(columns) * static_cast<double>(depth),
          4.0 * static_cast<double>(rows * depth + depth * columns + rows * columns), 1};
}

}  // namespace

const Kernel matmul_kernel{"matmul",      "product of two float32 matrices",
                           "GFLOP/s",     matmul_cases,
                           matmul_inputs, matmul_output_sizes,
                           matmul_native, matmul_measure,
                           matmul_work};

}  // namespace torchup
