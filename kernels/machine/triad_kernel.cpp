// The triad of the STREAM benchmark, out = a + 3 b, in float32: the rate at which this machine moves memory, which is the
// slope of the roofline.

#include "torchup/kernels/kernel.hpp"

#include "kernels/native/stream/stream.hpp"
#include "kernels/reference/random.hpp"
#include "kernels/reference/worst.hpp"

#include <cmath>

namespace torchup {

extern const Kernel triad_kernel;

namespace {

constexpr float k_scale = 3;

// 96 MB in all, beyond the caches of most machines; the odd one has a rest in any vector.
std::vector<KernelCase> triad_cases() { return {{"8000000", {8'000'000}, 9}, {"1021", {1021}, 1}}; }

std::vector<Tensor> triad_inputs(const KernelCase& kernel_case) {
  const std::size_t count = element_count(kernel_case.sizes);
  return {{kernel_case.sizes, reference::random_values(count, 61)}, {kernel_case.sizes, reference::random_values(count, 62)}};
}

std::vector<TensorSizes> triad_output_sizes(const KernelCase& kernel_case) { return {kernel_case.sizes}; }

void triad_native(const KernelCase&, const std::vector<Tensor>& inputs, std::vector<Tensor>& outputs) {
  auto& out = outputs[0].values;
  native::stream_loops().triad(out.size(), k_scale, inputs[0].values.data(), inputs[1].values.data(), out.data());
}

/// The product is rounded, or not where it is one instruction with the sum, and the sum is.
ErrorMeasurement triad_measure(const KernelCase&, const std::vector<Tensor>& inputs, const std::vector<Tensor>& outputs) {
  reference::Worst worst;
  for (std::size_t i = 0; i < outputs[0].values.size(); ++i) {
    const auto a = static_cast<double>(inputs[0].values[i]), product = k_scale * static_cast<double>(inputs[1].values[i]);
    const double error = std::abs(static_cast<double>(outputs[0].values[i]) - (a + product));
    if (error != 0) worst.take(error / (0x1p-24 * (std::abs(a) + 2 * std::abs(product))));
  }
  return {"max |c - c64| / (u (|a| + 2 |3 b|))", worst.value(), 1.0, worst.value() < 1 ? "" : "some sums are wrong"};
}

Work triad_work(const KernelCase& kernel_case) {
  const auto count = static_cast<double>(element_count(kernel_case.sizes));
  return {2 * count, 12 * count, count};
}

}  // namespace

const Kernel triad_kernel{"triad",      "a + 3 b of two float32 arrays, as STREAM's triad",
                          "GB/s",       triad_cases,
                          triad_inputs, triad_output_sizes,
                          triad_native, triad_measure,
                          triad_work};

}  // namespace torchup
