// Matrix product of two matrices: float32, float64, and bfloat16 and float16 summed in float32.

#include "torchup/kernels/kernel.hpp"

#include "kernels/native/matmul/multiply.hpp"
#include "kernels/reference/case_name.hpp"
#include "kernels/reference/judge_product.hpp"
#include "kernels/reference/random.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace torchup {

extern const Kernel matmul_kernel;

namespace {

using Sizes = native::ProductSizes;

Sizes sizes_of(const KernelCase& kernel_case) { return {kernel_case.sizes[0], kernel_case.sizes[1], kernel_case.sizes[2]}; }

KernelCase square(std::int64_t n, std::uint32_t repetitions, ElementType element) {
  return {reference::case_name(fmt::format("{0}x{0}", n), element), {n, n, n}, repetitions, element};
}

// The odd one has edges in every direction of any register tile.
KernelCase odd(ElementType element) { return {reference::case_name("67x129x83", element), {67, 129, 83}, 1, element}; }

std::vector<KernelCase> matmul_cases() {
  return {square(512, 15, ElementType::float32),
          square(1024, 9, ElementType::float32),
          odd(ElementType::float32),
          square(256, 9, ElementType::float64),
          odd(ElementType::float64),
          square(512, 1, ElementType::bfloat16),
          odd(ElementType::bfloat16),
          square(512, 1, ElementType::float16),
          odd(ElementType::float16)};
}

std::vector<Tensor> matmul_inputs(const KernelCase& kernel_case) {
  const auto [rows, columns, depth] = sizes_of(kernel_case);
  return {reference::random_tensor({rows, depth}, kernel_case.element, 11),
          reference::random_tensor({depth, columns}, kernel_case.element, 12)};
}

std::vector<TensorSizes> matmul_output_sizes(const KernelCase& kernel_case) {
  const auto [rows, columns, depth] = sizes_of(kernel_case);
  return {{rows, columns}};
}

template <class T, class Out>
void multiply(const Sizes& sizes, const T* a, const T* b, std::vector<Out>& out) {
  std::fill(out.begin(), out.end(), Out{});
  native::multiply_add(native::row_major(a, sizes.depth), native::row_major(b, sizes.columns), out.data(), sizes.columns,
                       {sizes.rows, sizes.columns, sizes.depth});
}

std::vector<native::Bfloat16> narrowed(const std::vector<float>& values) {
  std::vector<native::Bfloat16> narrow(values.size());
  std::transform(values.begin(), values.end(), narrow.begin(), native::to_bfloat16);
  return narrow;
}

/// Inputs of 16 bits are summed in float32 and rounded once, as processors with instructions for them do.
void matmul_native(const KernelCase& kernel_case, const std::vector<Tensor>& inputs, std::vector<Tensor>& outputs) {
  const Sizes sizes = sizes_of(kernel_case);
  Tensor& out = outputs[0];
  if (kernel_case.element == ElementType::float64) {
    multiply(sizes, inputs[0].wide.data(), inputs[1].wide.data(), out.wide);
  } else if (kernel_case.element == ElementType::bfloat16) {
    multiply(sizes, narrowed(inputs[0].values).data(), narrowed(inputs[1].values).data(), out.values);
  } else {
    multiply(sizes, inputs[0].values.data(), inputs[1].values.data(), out.values);
  }
  if (kernel_case.element == ElementType::float32 || kernel_case.element == ElementType::float64) return;
  for (float& value : out.values) value = static_cast<float>(rounded_to(kernel_case.element, static_cast<double>(value)));
}

ErrorMeasurement matmul_measure(const KernelCase& kernel_case, const std::vector<Tensor>& inputs, const std::vector<Tensor>& outputs) {
  return reference::judge_product(sizes_of(kernel_case), inputs[0], inputs[1], outputs[0]);
}

Work matmul_work(const KernelCase& kernel_case) {
  const auto [rows, columns, depth] = sizes_of(kernel_case);
  return {2.0 * static_cast<double>(rows) * static_cast<double>(columns) * static_cast<double>(depth),
          static_cast<double>(element_size(kernel_case.element)) * static_cast<double>(rows * depth + depth * columns + rows * columns), 1};
}

}  // namespace

const Kernel matmul_kernel{"matmul",      "product of two matrices", "GFLOP/s",     matmul_cases,
                           matmul_inputs, matmul_output_sizes,       matmul_native, matmul_measure,
                           matmul_work};

}  // namespace torchup
