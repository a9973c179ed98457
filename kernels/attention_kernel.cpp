// Scaled dot-product attention, float32, no mask.

#include "torchup/kernels/kernel.hpp"

#include "kernels/native/attention/attention.hpp"
#include "kernels/reference/attention.hpp"
#include "kernels/reference/random.hpp"
#include "kernels/reference/worst.hpp"

#include <algorithm>
#include <cmath>

namespace torchup {

extern const Kernel attention_kernel;

namespace {

/// Batch, heads, length, depth.
native::AttentionSizes sizes_of(const KernelCase& kernel_case) {
  const TensorSizes& sizes = kernel_case.sizes;
  return {sizes[0], sizes[1], sizes[1], sizes[2], sizes[2], sizes[3]};
}

std::size_t elements(const KernelCase& kernel_case) { return element_count(kernel_case.sizes); }

std::vector<KernelCase> attention_cases() { return {{"1x8x1024x64", {1, 8, 1024, 64}, 7}, {"2x3x67x40", {2, 3, 67, 40}, 1}}; }

/// Queries and keys reach to +-3, so that a few keys dominate each row and a wrong scale shows.
std::vector<Tensor> attention_inputs(const KernelCase& kernel_case) {
  std::vector<Tensor> inputs;
  for (std::uint64_t seed = 21; seed < 24; ++seed)
    inputs.push_back({kernel_case.sizes, reference::random_values(elements(kernel_case), seed)});
  for (std::size_t i = 0; i < 2; ++i) {
    for (float& value : inputs[i].values) value *= 3;
  }
  return inputs;
}

std::vector<TensorSizes> attention_output_sizes(const KernelCase& kernel_case) { return {kernel_case.sizes}; }

void attention_native(const KernelCase& kernel_case, const std::vector<Tensor>& inputs, std::vector<Tensor>& outputs) {
  native::attention(sizes_of(kernel_case), {}, inputs[0].values, inputs[1].values, inputs[2].values, outputs[0].values);
}

std::vector<double> widened(const Tensor& tensor) { return {tensor.values.begin(), tensor.values.end()}; }

double largest_error(const std::vector<float>& values, const std::vector<double>& truth) {
  reference::Worst worst;
  for (std::size_t i = 0; i < truth.size(); ++i) worst.take(std::abs(static_cast<double>(values[i]) - truth[i]));
  return worst.value();
}

/// The rule by which blocked attention is usually judged: at most twice the error of the plain formula in the same type.
ErrorMeasurement attention_measure(const KernelCase& kernel_case, const std::vector<Tensor>& inputs, const std::vector<Tensor>& outputs) {
  const auto sizes = sizes_of(kernel_case);
  std::vector<double> truth(elements(kernel_case));
  reference::attention_plain(sizes, {}, widened(inputs[0]), widened(inputs[1]), widened(inputs[2]), truth);
  std::vector<float> plain(elements(kernel_case));
  reference::attention_plain(sizes, {}, inputs[0].values, inputs[1].values, inputs[2].values, plain);

  const double error = largest_error(outputs[0].values, truth);
  const double limit = 2 * largest_error(plain, truth) + 3e-5;
  return {"max |O - O64|, limit twice plain float32 + 3e-5", error, limit, error < limit ? "" : "the weighted sums are wrong"};
}

/// Two products of length x length x depth a head; the exponentials are not counted.
Work attention_work(const KernelCase& kernel_case) {
  const auto sizes = sizes_of(kernel_case);
  const auto length = static_cast<double>(sizes.keys), depth = static_cast<double>(sizes.depth);
  const auto heads = static_cast<double>(sizes.batch * sizes.query_heads);
  return {4.0 * heads * length * length * depth, 16.0 * heads * length * depth, heads};
}

}  // namespace

const Kernel attention_kernel{"attention",      "softmax(Q K' / sqrt(d)) V without a mask, float32",
                              "GFLOP/s",        attention_cases,
                              attention_inputs, attention_output_sizes,
                              attention_native, attention_measure,
                              attention_work};

}  // namespace torchup
