// Scaled dot-product attention: plain, causal, masked, and with heads that share keys.

#include "torchup/kernels/kernel.hpp"

#include "kernels/native/attention/attention.hpp"
#include "kernels/reference/attention.hpp"
#include "kernels/reference/case_name.hpp"
#include "kernels/reference/judge_attention.hpp"
#include "kernels/reference/random.hpp"

#include <limits>
#include <utility>

namespace torchup {

extern const Kernel attention_kernel;

namespace {

/// Batch, query heads, length, depth, and the key heads where there are fewer of them.
native::AttentionSizes sizes_of(const KernelCase& kernel_case) {
  const TensorSizes& sizes = kernel_case.sizes;
  return {sizes[0], sizes[1], sizes.size() > 4 ? sizes[4] : sizes[1], sizes[2], sizes[2], sizes[3]};
}

KernelCase small(ElementType element, std::string option = {}) {
  const std::string name = option.empty() ? "2x3x67x40" : "2x3x67x40-" + option;
  return {reference::case_name(name, element), {2, 3, 67, 40}, 1, element, std::move(option)};
}

KernelCase grouped(ElementType element) {
  return {reference::case_name("2x6x67x40-grouped", element), {2, 6, 67, 40, 2}, 1, element, "grouped"};
}

// "causal" lets query i see the keys 0..i; "masked" adds the fourth input to the scores; with "grouped" heads share keys and values.
std::vector<KernelCase> attention_cases() {
  std::vector<KernelCase> cases{{"1x8x1024x64", {1, 8, 1024, 64}, 7}};
  for (const ElementType element : {ElementType::float32, ElementType::float64, ElementType::bfloat16, ElementType::float16}) {
    cases.push_back(small(element));
    cases.push_back(small(element, "causal"));
  }
  for (const ElementType element : {ElementType::float32, ElementType::bfloat16}) {
    cases.push_back(small(element, "masked"));
    cases.push_back(grouped(element));
  }
  return cases;
}

/// Sees each key with a chance of 7 in 8, and its own always.
Tensor made_mask(std::int64_t length, ElementType element) {
  Tensor mask = reference::random_tensor({length, length}, element, 24);
  for (std::int64_t i = 0; i < length * length; ++i) {
    const auto place = static_cast<std::size_t>(i);
    if (mask.at(place) < -0.75 && i / length != i % length) mask.put(place, -std::numeric_limits<double>::infinity());
  }
  return mask;
}

/// Queries and keys reach to +-3, so that a few keys dominate each row and a wrong scale shows.
std::vector<Tensor> attention_inputs(const KernelCase& kernel_case) {
  const auto sizes = sizes_of(kernel_case);
  const TensorSizes keys{sizes.batch, sizes.key_heads, sizes.keys, sizes.depth};
  std::vector<Tensor> inputs;
  inputs.push_back(reference::random_tensor({sizes.batch, sizes.query_heads, sizes.queries, sizes.depth}, kernel_case.element, 21, 3));
  inputs.push_back(reference::random_tensor(keys, kernel_case.element, 22, 3));
  inputs.push_back(reference::random_tensor(keys, kernel_case.element, 23));
  if (kernel_case.option == "masked") inputs.push_back(made_mask(sizes.keys, kernel_case.element));
  return inputs;
}

std::vector<TensorSizes> attention_output_sizes(const KernelCase& kernel_case) {
  return {{kernel_case.sizes.begin(), kernel_case.sizes.begin() + 4}};
}

/// What the option means; the mask's values stay the input's.
native::AttentionOptions options_of(const KernelCase& kernel_case, const std::vector<Tensor>& inputs) {
  native::AttentionOptions options;
  if (kernel_case.option == "causal") options.causality = native::Causality::causal;
  if (kernel_case.option == "masked") options.mask = inputs[3].values;
  return options;
}

void attention_native(const KernelCase& kernel_case, const std::vector<Tensor>& inputs, std::vector<Tensor>& outputs) {
  const auto sizes = sizes_of(kernel_case);
  const auto options = options_of(kernel_case, inputs);
  if (kernel_case.element == ElementType::float64) {  // no loop of ours: the definition
    reference::attention_plain(sizes, options, inputs[0].wide, inputs[1].wide, inputs[2].wide, outputs[0].wide);
    return;
  }
  auto& out = outputs[0].values;
  native::attention(sizes, options, inputs[0].values, inputs[1].values, inputs[2].values, out);
  if (kernel_case.element == ElementType::float32) return;
  for (float& value : out) value = static_cast<float>(rounded_to(kernel_case.element, static_cast<double>(value)));
}

ErrorMeasurement attention_measure(const KernelCase& kernel_case, const std::vector<Tensor>& inputs, const std::vector<Tensor>& outputs) {
  return reference::judge_attention(sizes_of(kernel_case), options_of(kernel_case, inputs), inputs, outputs[0]);
}

/// Two products of length x length x depth a head; the exponentials are not counted.
Work attention_work(const KernelCase& kernel_case) {
  const auto sizes = sizes_of(kernel_case);
  const auto length = static_cast<double>(sizes.keys), depth = static_cast<double>(sizes.depth);
  const auto heads = static_cast<double>(sizes.batch * sizes.query_heads);
  return {4.0 * heads * length * length * depth, 16.0 * heads * length * depth, heads};
}

}  // namespace

const Kernel attention_kernel{"attention",      "softmax(Q K' / sqrt(d)) V: plain, causal, masked, with shared keys",
                              "GFLOP/s",        attention_cases,
                              attention_inputs, attention_output_sizes,
                              attention_native, attention_measure,
                              attention_work};

}  // namespace torchup
