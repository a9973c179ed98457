#include "torchup/kernels/kernel.hpp"

namespace torchup {

const Kernel* find_kernel(std::string_view name) {
  for (const Kernel* kernel : kernel_table()) {
    if (kernel->name == name) return kernel;
  }
  return nullptr;
}

double work_rate(const Kernel& kernel, const Work& work, double seconds) {
  if (!(seconds > 0)) return 0;
  return (kernel.rate_unit == "GFLOP/s" ? work.flops / 1e9 : work.items) / seconds;
}

std::size_t element_count(const TensorSizes& sizes) {
  std::size_t count = 1;
  for (const std::int64_t size : sizes) count *= static_cast<std::size_t>(size);
  return count;
}

}  // namespace torchup
