// Multiplications with additions in registers alone, as many as the processor takes: the roof of the roofline.

#include "torchup/kernels/kernel.hpp"

#include "kernels/native/stream/stream.hpp"
#include "kernels/reference/worst.hpp"

#include <cmath>

namespace torchup {

extern const Kernel peak_kernel;

namespace {

std::size_t rounds_of(const KernelCase& kernel_case) { return static_cast<std::size_t>(kernel_case.sizes[0]); }

std::vector<KernelCase> peak_cases() { return {{"1000000", {1'000'000}, 9}, {"3", {3}, 1}}; }

/// The factor, which the compiler must not know.
std::vector<Tensor> peak_inputs(const KernelCase&) { return {{{1}, {0.5F}}}; }

std::vector<TensorSizes> peak_output_sizes(const KernelCase&) { return {{static_cast<std::int64_t>(native::k_chains)}}; }

void peak_native(const KernelCase& kernel_case, const std::vector<Tensor>& inputs, std::vector<Tensor>& outputs) {
  native::stream_loops().chain(rounds_of(kernel_case), inputs[0].values[0], outputs[0].values.data());
}

/// x = x / 2 + 1 comes from i to 2 + (i - 2) / 2^rounds: exact until float32 rounds it to 2.
ErrorMeasurement peak_measure(const KernelCase& kernel_case, const std::vector<Tensor>&, const std::vector<Tensor>& outputs) {
  const double left = std::exp2(-static_cast<double>(rounds_of(kernel_case)));
  reference::Worst worst;
  for (std::size_t i = 0; i < native::k_chains; ++i) {
    const double truth = 2 + (static_cast<double>(i) - 2) * left;
    worst.take(std::abs(static_cast<double>(outputs[0].values[i]) - truth) / 0x1p-22);
  }
  return {"max |x - x64| / (4 u)", worst.value(), 1.0, worst.value() < 1 ? "" : "a chain of multiplications and additions is wrong"};
}

Work peak_work(const KernelCase& kernel_case) {
  const auto lanes = static_cast<double>(native::k_chains * native::stream_loops().chain_lanes);
  return {2 * lanes * static_cast<double>(rounds_of(kernel_case)), 0, 1};
}

}  // namespace

const Kernel peak_kernel{"peak",      "multiplications with additions in registers, float32",
                         "GFLOP/s",   peak_cases,
                         peak_inputs, peak_output_sizes,
                         peak_native, peak_measure,
                         peak_work};

}  // namespace torchup
