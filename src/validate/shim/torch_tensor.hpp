#pragma once
// Tensors inside torch, owned, and what goes in and out of them.

#include "torchup/kernels/kernel.hpp"

#include "src/validate/shim/torch_symbols.hpp"

#include <string_view>
#include <utility>

namespace torchup {

/// One owned tensor handle, or none.
class OwnedTensor {
 public:
  OwnedTensor() = default;
  OwnedTensor(const TorchSymbols& symbols, TorchTensor tensor) : m_symbols(&symbols), m_tensor(tensor) {}
  OwnedTensor(OwnedTensor&& other) noexcept : m_symbols(other.m_symbols), m_tensor(std::exchange(other.m_tensor, nullptr)) {}
  OwnedTensor& operator=(OwnedTensor&& other) noexcept {
    std::swap(m_symbols, other.m_symbols);
    std::swap(m_tensor, other.m_tensor);
    return *this;
  }
  ~OwnedTensor() {
    if (m_tensor != nullptr) m_symbols->delete_tensor(m_tensor);
  }

  TorchTensor get() const { return m_tensor; }
  TorchTensor release() { return std::exchange(m_tensor, nullptr); }

 private:
  const TorchSymbols* m_symbols = nullptr;
  TorchTensor m_tensor = nullptr;
};

/// ErrorKind::validation with torch's message where a call's status is not zero.
Status check_call(const TorchSymbols& symbols, std::int32_t status, std::string_view what);

/// A tensor over values that stay ours and must outlive it; torch does not write to them.
Result<OwnedTensor> borrow_tensor(const TorchSymbols& symbols, const Tensor& tensor);

/// A new tensor without values.
Result<OwnedTensor> make_tensor(const TorchSymbols& symbols, const TensorSizes& sizes);

/// Copies a tensor out, whatever its strides. Other sizes than wanted, or not float32, is ErrorKind::validation.
Result<Tensor> copy_tensor(const TorchSymbols& symbols, const OwnedTensor& tensor, const TensorSizes& wanted);

}  // namespace torchup
