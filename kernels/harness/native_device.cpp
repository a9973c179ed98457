#include "torchup/kernels/device.hpp"

namespace torchup {

namespace {

class NativeRun final : public PreparedRun {
 public:
  NativeRun(const Kernel& kernel, KernelCase kernel_case, const std::vector<Tensor>& inputs)
      : m_kernel(kernel), m_case(std::move(kernel_case)), m_inputs(inputs), m_outputs(make_outputs(kernel, m_case)) {}

  Status run() override {
    m_kernel.run_native(m_case, m_inputs, m_outputs);
    return {};
  }

  Result<std::vector<Tensor>> outputs() override { return m_outputs; }

 private:
  const Kernel& m_kernel;
  KernelCase m_case;
  const std::vector<Tensor>& m_inputs;
  std::vector<Tensor> m_outputs;
};

class NativeDevice final : public Device {
 public:
  std::string_view engine() const override { return "native"; }

  Result<std::variant<std::unique_ptr<PreparedRun>, CannotRun>> prepare(const Kernel& kernel, const KernelCase& kernel_case,
                                                                        const std::vector<Tensor>& inputs) override {
    return std::make_unique<NativeRun>(kernel, kernel_case, inputs);
  }
};

}  // namespace

std::unique_ptr<Device> make_native_device() { return std::make_unique<NativeDevice>(); }

}  // namespace torchup
