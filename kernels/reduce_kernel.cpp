// Sum of a float32 array: bound by memory where it is larger than the caches.

#include "torchup/kernels/kernel.hpp"

#include "kernels/native/stream/stream.hpp"
#include "kernels/reference/random.hpp"
#include "kernels/reference/worst.hpp"

#include <cmath>

namespace torchup {

extern const Kernel reduce_kernel;

namespace {

std::vector<KernelCase> reduce_cases() { return {{"4194304", {4'194'304}, 7}, {"1021", {1021}, 1}}; }

std::vector<Tensor> reduce_inputs(const KernelCase& kernel_case) {
  return {{kernel_case.sizes, reference::random_values(element_count(kernel_case.sizes), 51)}};
}

std::vector<TensorSizes> reduce_output_sizes(const KernelCase&) { return {{}}; }

void reduce_native(const KernelCase&, const std::vector<Tensor>& inputs, std::vector<Tensor>& outputs) {
  const auto& values = inputs[0].values;
  outputs[0].values[0] = static_cast<float>(native::stream_loops().sum(values.size(), values.data()));
}

/// Values of both signs: their sum stays small, so that an element left out shows. One float32 sum from end to end comes to half
/// of the limit.
ErrorMeasurement reduce_measure(const KernelCase&, const std::vector<Tensor>& inputs, const std::vector<Tensor>& outputs) {
  double sum = 0, squares = 0;
  for (const float each : inputs[0].values) {
    const auto value = static_cast<double>(each);
    sum += value;
    squares += value * value;
  }
  const double unit = 0x1p-24 * std::sqrt(static_cast<double>(inputs[0].values.size()) * squares);
  reference::Worst worst;
  worst.take(std::abs(static_cast<double>(outputs[0].values[0]) - sum) / unit);
  return {"|s - s64| / (u sqrt(n) |x|)", worst.value(), 1.0, worst.value() < 1 ? "" : "the sum is wrong"};
}

Work reduce_work(const KernelCase& kernel_case) {
  const auto count = static_cast<double>(element_count(kernel_case.sizes));
  return {count, 4 * count, count};
}

}  // namespace

const Kernel reduce_kernel{"reduce",      "sum of a float32 array", "GB/s",     reduce_cases, reduce_inputs, reduce_output_sizes,
                           reduce_native, reduce_measure,           reduce_work};

}  // namespace torchup
