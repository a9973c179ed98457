#include "src/validate/shim/torch_device.hpp"

#include "src/validate/shim/torch_tensor.hpp"

#include <algorithm>
#include <bit>
#include <optional>
#include <string>
#include <string_view>

namespace torchup {

namespace {

using Tensors = std::vector<OwnedTensor>;

/// The meaning of values that cross the dispatcher, as torch 2.10 fixed it; later versions keep to what a caller names.
constexpr std::uint64_t k_interface_version = 0x020a000000000000ULL;

/// Calls an operator by its name. The stack takes handles over and holds the results afterwards.
Status dispatch(const TorchSymbols& symbols, const char* name, std::vector<TorchValue>& stack, const char* overload = "") {
  const auto status = symbols.call_versioned != nullptr ? symbols.call_versioned(name, overload, stack.data(), k_interface_version)
                                                        : symbols.call(name, overload, stack.data());
  return check_call(symbols, status, name);
}

/// A second reference to a tensor for the dispatcher, which takes it over.
Result<TorchValue> lend(const TorchSymbols& symbols, const OwnedTensor& tensor) {
  TorchTensor handle = nullptr;
  TORCHUP_TRY(check_call(symbols, symbols.new_handle(tensor.get(), &handle), "new_tensor_handle"));
  return std::bit_cast<TorchValue>(handle);
}

OwnedTensor taken(const TorchSymbols& symbols, TorchValue value) { return {symbols, std::bit_cast<TorchTensor>(value)}; }

/// What an operator does with its inputs, and what it needs of torch for that.
struct Operation {
  std::string_view kernel;
  std::string (*missing)(const TorchSymbols&);  ///< The function that this torch lacks; empty where it can run.
  Result<Tensors> (*run)(const TorchSymbols&, const Tensors& inputs, const std::vector<TensorSizes>& output_sizes);
};

bool has_dispatcher(const TorchSymbols& symbols) { return symbols.call != nullptr || symbols.call_versioned != nullptr; }

std::string missing_for_matmul(const TorchSymbols& symbols) {
  return has_dispatcher(symbols) || symbols.matmul_out != nullptr ? "" : "aoti_torch_cpu_mm_out";
}

Result<Tensors> run_matmul(const TorchSymbols& symbols, const Tensors& inputs, const std::vector<TensorSizes>& output_sizes) {
  Tensors outputs;
  if (!has_dispatcher(symbols)) {
    TORCHUP_TRY_ASSIGN(OwnedTensor out, make_tensor(symbols, output_sizes[0]));
    TORCHUP_TRY(check_call(symbols, symbols.matmul_out(out.get(), inputs[0].get(), inputs[1].get()), "mm_out"));
    outputs.push_back(std::move(out));
    return outputs;
  }
  std::vector<TorchValue> stack(2);
  TORCHUP_TRY_ASSIGN(stack[0], lend(symbols, inputs[0]));
  TORCHUP_TRY_ASSIGN(stack[1], lend(symbols, inputs[1]));
  TORCHUP_TRY(dispatch(symbols, "aten::matmul", stack));
  outputs.push_back(taken(symbols, stack[0]));
  return outputs;
}

std::string missing_dispatcher(const TorchSymbols& symbols) { return has_dispatcher(symbols) ? "" : "aoti_torch_call_dispatcher"; }

Result<Tensors> run_elementwise(const TorchSymbols& symbols, const Tensors& inputs, const std::vector<TensorSizes>&) {
  std::vector<TorchValue> stack(2);
  TORCHUP_TRY_ASSIGN(stack[0], lend(symbols, inputs[0]));
  TORCHUP_TRY_ASSIGN(stack[1], lend(symbols, inputs[1]));
  TORCHUP_TRY(dispatch(symbols, "aten::mul", stack, "Tensor"));
  Tensors outputs;
  outputs.push_back(taken(symbols, stack[0]));
  return outputs;
}

Result<Tensors> run_reduce(const TorchSymbols& symbols, const Tensors& inputs, const std::vector<TensorSizes>&) {
  std::vector<TorchValue> stack(2);  // self, dtype = None
  TORCHUP_TRY_ASSIGN(stack[0], lend(symbols, inputs[0]));
  TORCHUP_TRY(dispatch(symbols, "aten::sum", stack));
  Tensors outputs;
  outputs.push_back(taken(symbols, stack[0]));
  return outputs;
}

/// Its second argument is a text, which only the dispatcher of 2.10 and later passes on.
std::string missing_for_eigh(const TorchSymbols& symbols) {
  if (symbols.call_versioned == nullptr) return "torch_call_dispatcher";
  return symbols.new_string == nullptr ? "torch_new_string_handle" : "";
}

Result<Tensors> run_eigh(const TorchSymbols& symbols, const Tensors& inputs, const std::vector<TensorSizes>&) {
  TorchString triangle = nullptr;
  TORCHUP_TRY(check_call(symbols, symbols.new_string("L", 1, &triangle), "new_string_handle"));
  std::vector<TorchValue> stack(2);
  TORCHUP_TRY_ASSIGN(stack[0], lend(symbols, inputs[0]));
  stack[1] = std::bit_cast<TorchValue>(triangle);
  TORCHUP_TRY(dispatch(symbols, "aten::linalg_eigh", stack));
  Tensors outputs;
  outputs.push_back(taken(symbols, stack[0]));
  outputs.push_back(taken(symbols, stack[1]));
  return outputs;
}

std::string missing_for_attention(const TorchSymbols& symbols) {
  return has_dispatcher(symbols) || symbols.flash_attention != nullptr ? "" : "aoti_torch_cpu__scaled_dot_product_flash_attention_for_cpu";
}

Result<Tensors> run_attention(const TorchSymbols& symbols, const Tensors& inputs, const std::vector<TensorSizes>&) {
  Tensors outputs;
  if (!has_dispatcher(symbols)) {
    TorchTensor out = nullptr, sums = nullptr;
    TORCHUP_TRY(check_call(
        symbols, symbols.flash_attention(inputs[0].get(), inputs[1].get(), inputs[2].get(), 0.0, 0, nullptr, nullptr, &out, &sums),
        "_scaled_dot_product_flash_attention_for_cpu"));
    const OwnedTensor unused(symbols, sums);
    outputs.emplace_back(symbols, out);
    return outputs;
  }
  // query, key, value, attn_mask = None, dropout_p = 0.0, is_causal = False, scale = None, enable_gqa = False
  std::vector<TorchValue> stack(8);
  for (std::size_t i = 0; i < 3; ++i) {
    TORCHUP_TRY_ASSIGN(stack[i], lend(symbols, inputs[i]));
  }
  TORCHUP_TRY(dispatch(symbols, "aten::scaled_dot_product_attention", stack));
  outputs.push_back(taken(symbols, stack[0]));
  return outputs;
}

constexpr Operation k_operations[] = {
    {"matmul", missing_for_matmul, run_matmul},          {"eigh", missing_for_eigh, run_eigh},
    {"attention", missing_for_attention, run_attention}, {"elementwise", missing_dispatcher, run_elementwise},
    {"reduce", missing_dispatcher, run_reduce},
};

class TorchRun final : public PreparedRun {
 public:
  TorchRun(const TorchSymbols& symbols, const Operation& operation, Tensors inputs, std::vector<TensorSizes> output_sizes)
      : m_symbols(symbols), m_operation(operation), m_inputs(std::move(inputs)), m_output_sizes(std::move(output_sizes)) {}

  Status run() override {
    TORCHUP_TRY_ASSIGN(m_outputs, m_operation.run(m_symbols, m_inputs, m_output_sizes));
    return {};
  }

  Result<std::vector<Tensor>> outputs() override {
    std::vector<Tensor> copies;
    for (std::size_t i = 0; i < m_output_sizes.size() && i < m_outputs.size(); ++i) {
      TORCHUP_TRY_ASSIGN(Tensor copy, copy_tensor(m_symbols, m_outputs[i], m_output_sizes[i]));
      copies.push_back(std::move(copy));
    }
    return copies;
  }

 private:
  const TorchSymbols& m_symbols;
  const Operation& m_operation;
  Tensors m_inputs;
  std::vector<TensorSizes> m_output_sizes;
  Tensors m_outputs;
};

class TorchDevice final : public Device {
 public:
  explicit TorchDevice(const TorchSymbols& symbols) : m_symbols(symbols) {}

  std::string_view engine() const override { return "torch-c"; }

  Result<std::variant<std::unique_ptr<PreparedRun>, CannotRun>> prepare(const Kernel& kernel, const KernelCase& kernel_case,
                                                                        const std::vector<Tensor>& inputs) override {
    const auto operation =
        std::find_if(std::begin(k_operations), std::end(k_operations), [&](const Operation& each) { return each.kernel == kernel.name; });
    if (operation == std::end(k_operations)) return CannotRun{"torch is not asked for it through its C interface"};
    if (kernel_case.element != ElementType::float32 || !kernel_case.option.empty()) {
      return CannotRun{"only plain float32 cases are handed over"};
    }
    if (const std::string missing = operation->missing(m_symbols); !missing.empty()) {
      return CannotRun{"this torch's C interface (" + torch_interface_version(m_symbols) + ") has no `" + missing + "`"};
    }
    Tensors tensors;
    for (const Tensor& input : inputs) {
      TORCHUP_TRY_ASSIGN(OwnedTensor tensor, borrow_tensor(m_symbols, input));
      tensors.push_back(std::move(tensor));
    }
    return std::make_unique<TorchRun>(m_symbols, *operation, std::move(tensors), kernel.output_sizes(kernel_case));
  }

 private:
  const TorchSymbols& m_symbols;
};

}  // namespace

std::unique_ptr<Device> make_torch_device(const TorchSymbols& symbols) { return std::make_unique<TorchDevice>(symbols); }

}  // namespace torchup
