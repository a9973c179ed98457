#include "torchup/kernels/kernel.hpp"

namespace torchup {

const Kernel* find_kernel(std::string_view name) {
  for (const auto table : {kernel_table(), machine_kernel_table()}) {
    for (const Kernel* kernel : table) {
      if (kernel->name == name) return kernel;
    }
  }
  return nullptr;
}

double work_rate(const Kernel& kernel, const Work& work, double seconds) {
  if (!(seconds > 0)) return 0;
  if (kernel.rate_unit == "GFLOP/s") return work.flops / 1e9 / seconds;
  if (kernel.rate_unit == "GB/s") return work.bytes / 1e9 / seconds;
  return work.items / seconds;
}

std::vector<Tensor> make_tensors(const std::vector<TensorSizes>& sizes, ElementType element) {
  std::vector<Tensor> tensors;
  for (const TensorSizes& each : sizes) {
    Tensor tensor{each, {}, element};
    if (element == ElementType::float64) {
      tensor.wide.resize(element_count(each));
    } else {
      tensor.values.resize(element_count(each));
    }
    tensors.push_back(std::move(tensor));
  }
  return tensors;
}

std::vector<Tensor> make_outputs(const Kernel& kernel, const KernelCase& kernel_case) {
  return make_tensors(kernel.output_sizes(kernel_case), kernel_case.element);
}

void Tensor::put(std::size_t index, double value) {
  if (element == ElementType::float64) {
    wide[index] = value;
  } else {
    values[index] = static_cast<float>(rounded_to(element, value));
  }
}

std::size_t element_count(const TensorSizes& sizes) {
  std::size_t count = 1;
  for (const std::int64_t size : sizes) count *= static_cast<std::size_t>(size);
  return count;
}

}  // namespace torchup
