#pragma once
// Faults planted into kernel inputs and outputs: each is one that an install has really shown.

#include "torchup/kernels/kernel.hpp"

#include <bit>
#include <cstdint>
#include <limits>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace torchup::test {

/// The kernel of that name; throws where there is none, which fails the test.
inline const Kernel& kernel(std::string_view name) {
  const Kernel* const found = find_kernel(name);
  if (found == nullptr) throw std::runtime_error("no kernel " + std::string(name));
  return *found;
}

inline KernelCase case_of(const Kernel& kernel, std::string_view name) {
  for (const KernelCase& each : kernel.cases()) {
    if (each.name == name) return each;
  }
  throw std::runtime_error("no case " + std::string(name));
}

/// What the native version gives, into outputs that held what is no number.
inline std::vector<Tensor> run_native(const Kernel& kernel, const KernelCase& kernel_case, const std::vector<Tensor>& inputs) {
  std::vector<Tensor> outputs = make_outputs(kernel, kernel_case);
  for (Tensor& output : outputs) {
    output.values.assign(output.values.size(), std::numeric_limits<float>::quiet_NaN());
    output.wide.assign(output.wide.size(), std::numeric_limits<double>::quiet_NaN());
  }
  kernel.run_native(kernel_case, inputs, outputs);
  return outputs;
}

/// Keeps the upper `bits` of the 23 mantissa bits, rounded to nearest: 10 is TF32, 7 is bfloat16.
inline float with_mantissa_bits(float value, unsigned bits) {
  const unsigned dropped = 23 - bits;
  const auto half = std::uint32_t{1} << (dropped - 1);
  return std::bit_cast<float>((std::bit_cast<std::uint32_t>(value) + half) & ~((std::uint32_t{1} << dropped) - 1));
}

inline Tensor rounded(Tensor tensor, unsigned bits) {
  for (float& value : tensor.values) value = with_mantissa_bits(value, bits);
  return tensor;
}

/// The same numbers, rounded to another type.
inline Tensor in_type(const Tensor& tensor, ElementType element) {
  Tensor converted = std::move(make_tensors({tensor.sizes}, element).front());
  for (std::size_t i = 0; i < element_count(tensor.sizes); ++i) converted.put(i, tensor.at(i));
  return converted;
}

}  // namespace torchup::test
