#pragma once
// Which of torch's operators stands for a kernel, and how it is called through the C interface. Used by the torch device.

#include "torchup/kernels/kernel.hpp"

#include "src/validate/shim/torch_tensor.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace torchup {

/// What one call of an operator is made of.
struct TorchCall {
  const TorchSymbols& symbols;
  const KernelCase& kernel_case;
  const std::vector<BorrowedTensor>& inputs;
  const std::vector<TensorSizes>& output_sizes;
};

struct TorchOperation {
  std::string_view kernel;
  /// The function that this torch lacks for the case; empty where it can run.
  std::string (*missing)(const TorchSymbols&, const KernelCase&);
  /// ErrorKind::validation with torch's own message where it refuses.
  Result<std::vector<OwnedTensor>> (*run)(const TorchCall&);
};

/// The operator of the kernel of that name, or nullptr.
const TorchOperation* find_torch_operation(std::string_view kernel);

}  // namespace torchup
