// Element by element product of two float32 arrays: bound by memory where they are larger than the caches.

#include "torchup/kernels/kernel.hpp"

#include "kernels/native/stream/stream.hpp"
#include "kernels/reference/random.hpp"
#include "kernels/reference/worst.hpp"

#include <cmath>

namespace torchup {

extern const Kernel elementwise_kernel;

namespace {

std::vector<KernelCase> elementwise_cases() { return {{"4194304", {4'194'304}, 7}, {"1021", {1021}, 1}}; }

std::vector<Tensor> elementwise_inputs(const KernelCase& kernel_case) {
  const std::size_t count = element_count(kernel_case.sizes);
  return {{kernel_case.sizes, reference::random_values(count, 41)}, {kernel_case.sizes, reference::random_values(count, 42)}};
}

std::vector<TensorSizes> elementwise_output_sizes(const KernelCase& kernel_case) { return {kernel_case.sizes}; }

void elementwise_native(const KernelCase&, const std::vector<Tensor>& inputs, std::vector<Tensor>& outputs) {
  auto& out = outputs[0].values;
  native::stream_loops().multiply(out.size(), inputs[0].values.data(), inputs[1].values.data(), out.data());
}

/// One product is one rounding.
ErrorMeasurement elementwise_measure(const KernelCase&, const std::vector<Tensor>& inputs, const std::vector<Tensor>& outputs) {
  reference::Worst worst;
  for (std::size_t i = 0; i < outputs[0].values.size(); ++i) {
    const double truth = static_cast<double>(inputs[0].values[i]) * static_cast<double>(inputs[1].values[i]);
    const double error = std::abs(static_cast<double>(outputs[0].values[i]) - truth);
    if (error != 0) worst.take(error / (0x1p-24 * std::abs(truth)));
  }
  return {"max |c - c64| / (u |c64|)", worst.value(), 1.0, worst.value() < 1 ? "" : "some products are not the nearest float32"};
}

Work elementwise_work(const KernelCase& kernel_case) {
  const auto count = static_cast<double>(element_count(kernel_case.sizes));
  return {count, 12 * count, count};
}

}  // namespace

const Kernel elementwise_kernel{"elementwise",
                                "element by element product of two float32 arrays",
                                "GB/s",
                                elementwise_cases,
                                elementwise_inputs,
                                elementwise_output_sizes,
                                elementwise_native,
                                elementwise_measure,
                                elementwise_work};

}  // namespace torchup
