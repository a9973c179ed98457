#include "src/validate/shim/torch_device.hpp"

#include "src/validate/shim/torch_operations.hpp"
#include "src/validate/shim/torch_tensor.hpp"

#include <string>

namespace torchup {

namespace {

class TorchRun final : public PreparedRun {
 public:
  TorchRun(const TorchSymbols& symbols, const TorchOperation& operation, KernelCase kernel_case, std::vector<BorrowedTensor> inputs,
           std::vector<TensorSizes> output_sizes)
      : m_symbols(symbols),
        m_operation(operation),
        m_case(std::move(kernel_case)),
        m_inputs(std::move(inputs)),
        m_output_sizes(std::move(output_sizes)) {}

  Status run() override {
    TORCHUP_TRY_ASSIGN(m_outputs, m_operation.run({m_symbols, m_case, m_inputs, m_output_sizes}));
    return {};
  }

  Result<std::vector<Tensor>> outputs() override {
    std::vector<Tensor> copies;
    for (std::size_t i = 0; i < m_output_sizes.size() && i < m_outputs.size(); ++i) {
      TORCHUP_TRY_ASSIGN(Tensor copy, copy_tensor(m_symbols, m_outputs[i], m_output_sizes[i], m_case.element));
      copies.push_back(std::move(copy));
    }
    return copies;
  }

 private:
  const TorchSymbols& m_symbols;
  const TorchOperation& m_operation;
  KernelCase m_case;
  std::vector<BorrowedTensor> m_inputs;
  std::vector<TensorSizes> m_output_sizes;
  std::vector<OwnedTensor> m_outputs;
};

class TorchDevice final : public Device {
 public:
  explicit TorchDevice(const TorchSymbols& symbols) : m_symbols(symbols) {}

  std::string_view engine() const override { return "torch-c"; }

  Result<std::variant<std::unique_ptr<PreparedRun>, CannotRun>> prepare(const Kernel& kernel, const KernelCase& kernel_case,
                                                                        const std::vector<Tensor>& inputs) override {
    const TorchOperation* const operation = find_torch_operation(kernel.name);
    if (operation == nullptr) return CannotRun{"torch is not asked for it through its C interface"};
    std::string missing = operation->missing(m_symbols, kernel_case);
    if (!dtype_of(m_symbols, kernel_case.element)) missing = "aoti_torch_dtype_" + std::string(element_name(kernel_case.element));
    if (!missing.empty()) {
      return CannotRun{"this torch's C interface (" + torch_interface_version(m_symbols) + ") has no `" + missing + "`"};
    }
    std::vector<BorrowedTensor> tensors;
    for (const Tensor& input : inputs) {
      TORCHUP_TRY_ASSIGN(BorrowedTensor tensor, borrow_tensor(m_symbols, input));
      tensors.push_back(std::move(tensor));
    }
    return std::make_unique<TorchRun>(m_symbols, *operation, kernel_case, std::move(tensors), kernel.output_sizes(kernel_case));
  }

 private:
  const TorchSymbols& m_symbols;
};

}  // namespace

std::unique_ptr<Device> make_torch_device(const TorchSymbols& symbols) { return std::make_unique<TorchDevice>(symbols); }

}  // namespace torchup
