#include "src/validate/shim/torch_operations.hpp"

#include <algorithm>
#include <bit>
#include <memory>
#include <span>

namespace torchup {

namespace {

using Tensors = std::vector<OwnedTensor>;

/// The meaning of values that cross the dispatcher, as torch 2.10 fixed it; later versions keep to what a caller names.
constexpr std::uint64_t k_interface_version = 0x020a000000000000ULL;

constexpr std::size_t k_attention_arguments = 8;

/// Calls an operator by its name. The stack takes handles over and holds the results afterwards.
Status dispatch(const TorchSymbols& symbols, const char* name, std::span<TorchValue> stack, const char* overload = "") {
  const auto status = symbols.call_versioned != nullptr ? symbols.call_versioned(name, overload, stack.data(), k_interface_version)
                                                        : symbols.call(name, overload, stack.data());
  return check_call(symbols, status, name);
}

/// A second reference to a tensor for the dispatcher, which takes it over.
Result<TorchValue> lend(const TorchSymbols& symbols, const BorrowedTensor& tensor) {
  TorchTensor handle = nullptr;
  TORCHUP_TRY(check_call(symbols, symbols.new_handle(tensor.tensor.get(), &handle), "new_tensor_handle"));
  return std::bit_cast<TorchValue>(handle);
}

/// An argument that may be None lies in a place of its own, which the dispatcher frees.
Result<TorchValue> lend_optional(const TorchSymbols& symbols, const BorrowedTensor& tensor) {
  TORCHUP_TRY_ASSIGN(const TorchValue value, lend(symbols, tensor));
  return std::bit_cast<TorchValue>(std::make_unique<TorchValue>(value).release());
}

OwnedTensor taken(const TorchSymbols& symbols, TorchValue value) { return {symbols, std::bit_cast<TorchTensor>(value)}; }

Tensors only(OwnedTensor tensor) {
  Tensors tensors;
  tensors.push_back(std::move(tensor));
  return tensors;
}

bool has_dispatcher(const TorchSymbols& symbols) {
  return symbols.new_handle != nullptr && (symbols.call != nullptr || symbols.call_versioned != nullptr);
}

std::string missing_dispatcher(const TorchSymbols& symbols, const KernelCase&) {
  return has_dispatcher(symbols) ? "" : "aoti_torch_call_dispatcher";
}

/// An operator of one result that takes the inputs and then `others` arguments that stay None.
Result<Tensors> run_plain(const TorchCall& call, const char* name, const char* overload, std::size_t others) {
  std::vector<TorchValue> stack(call.inputs.size() + others);
  for (std::size_t i = 0; i < call.inputs.size(); ++i) {
    TORCHUP_TRY_ASSIGN(stack[i], lend(call.symbols, call.inputs[i]));
  }
  TORCHUP_TRY(dispatch(call.symbols, name, stack, overload));
  return only(taken(call.symbols, stack[0]));
}

std::string missing_for_matmul(const TorchSymbols& symbols, const KernelCase&) {
  return has_dispatcher(symbols) || symbols.matmul_out != nullptr ? "" : "aoti_torch_cpu_mm_out";
}

Result<Tensors> run_matmul(const TorchCall& call) {
  if (has_dispatcher(call.symbols)) return run_plain(call, "aten::matmul", "", 0);
  TORCHUP_TRY_ASSIGN(OwnedTensor out, make_tensor(call.symbols, call.output_sizes[0], call.kernel_case.element));
  TORCHUP_TRY(
      check_call(call.symbols, call.symbols.matmul_out(out.get(), call.inputs[0].tensor.get(), call.inputs[1].tensor.get()), "mm_out"));
  return only(std::move(out));
}

Result<Tensors> run_elementwise(const TorchCall& call) { return run_plain(call, "aten::mul", "Tensor", 0); }

/// self, dtype = None
Result<Tensors> run_reduce(const TorchCall& call) { return run_plain(call, "aten::sum", "", 1); }

/// Its second argument is a text, which only the dispatcher of 2.10 and later passes on.
std::string missing_for_eigh(const TorchSymbols& symbols, const KernelCase&) {
  if (symbols.call_versioned == nullptr) return "torch_call_dispatcher";
  return symbols.new_string == nullptr ? "torch_new_string_handle" : "";
}

Result<Tensors> run_eigh(const TorchCall& call) {
  const TorchSymbols& symbols = call.symbols;
  TorchString triangle = nullptr;
  TORCHUP_TRY(check_call(symbols, symbols.new_string("L", 1, &triangle), "new_string_handle"));
  std::vector<TorchValue> stack(2);
  TORCHUP_TRY_ASSIGN(stack[0], lend(symbols, call.inputs[0]));
  stack[1] = std::bit_cast<TorchValue>(triangle);
  TORCHUP_TRY(dispatch(symbols, "aten::linalg_eigh", stack));
  Tensors outputs;
  outputs.push_back(taken(symbols, stack[0]));
  outputs.push_back(taken(symbols, stack[1]));
  return outputs;
}

std::string missing_for_attention(const TorchSymbols& symbols, const KernelCase& kernel_case) {
  if (has_dispatcher(symbols)) return "";
  if (kernel_case.option == "grouped") return "aoti_torch_call_dispatcher";  // the function by itself knows no shared heads
  return symbols.flash_attention == nullptr ? "aoti_torch_cpu__scaled_dot_product_flash_attention_for_cpu" : "";
}

/// Before the dispatcher: the function for processors by itself.
Result<Tensors> run_flash_attention(const TorchCall& call) {
  TorchTensor mask = call.inputs.size() > 3 ? call.inputs[3].tensor.get() : nullptr;
  TorchTensor out = nullptr, sums = nullptr;
  TORCHUP_TRY(check_call(
      call.symbols,
      call.symbols.flash_attention(call.inputs[0].tensor.get(), call.inputs[1].tensor.get(), call.inputs[2].tensor.get(), 0.0,
                                   call.kernel_case.option == "causal" ? 1 : 0, mask == nullptr ? nullptr : &mask, nullptr, &out, &sums),
      "_scaled_dot_product_flash_attention_for_cpu"));
  const OwnedTensor unused(call.symbols, sums);
  return only(OwnedTensor(call.symbols, out));
}

Result<Tensors> run_attention(const TorchCall& call) {
  if (!has_dispatcher(call.symbols)) return run_flash_attention(call);
  // query, key, value, attn_mask = None, dropout_p = 0.0, is_causal = False, scale = None, enable_gqa = False
  std::vector<TorchValue> stack(k_attention_arguments);
  for (std::size_t i = 0; i < 3; ++i) {
    TORCHUP_TRY_ASSIGN(stack[i], lend(call.symbols, call.inputs[i]));
  }
  if (call.inputs.size() > 3) {
    TORCHUP_TRY_ASSIGN(stack[3], lend_optional(call.symbols, call.inputs[3]));
  }
  stack[5] = call.kernel_case.option == "causal" ? 1 : 0;
  stack[7] = call.kernel_case.option == "grouped" ? 1 : 0;
  TORCHUP_TRY(dispatch(call.symbols, "aten::scaled_dot_product_attention", stack));
  return only(taken(call.symbols, stack[0]));
}

constexpr TorchOperation k_operations[] = {
    {"matmul", missing_for_matmul, run_matmul},          {"eigh", missing_for_eigh, run_eigh},
    {"attention", missing_for_attention, run_attention}, {"elementwise", missing_dispatcher, run_elementwise},
    {"reduce", missing_dispatcher, run_reduce},
};

}  // namespace

const TorchOperation* find_torch_operation(std::string_view kernel) {
  const auto* const found =
      std::find_if(std::begin(k_operations), std::end(k_operations), [&](const TorchOperation& each) { return each.kernel == kernel; });
  return found == std::end(k_operations) ? nullptr : found;
}

}  // namespace torchup
