#pragma once
// Tensors inside torch, owned, and what goes in and out of them.

#include "torchup/kernels/kernel.hpp"

#include "src/validate/shim/torch_symbols.hpp"

#include <cstdint>
#include <string_view>
#include <utility>
#include <vector>

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

/// A tensor over values that torch does not write to: ours, or their 16 bits each, which this keeps.
struct BorrowedTensor {
  OwnedTensor tensor;
  std::vector<std::uint16_t> bits;
};

/// `tensor` must outlive it, and its type must be one that torch has.
Result<BorrowedTensor> borrow_tensor(const TorchSymbols& symbols, const Tensor& tensor);

/// A new tensor without values, of a type that torch has.
Result<OwnedTensor> make_tensor(const TorchSymbols& symbols, const TensorSizes& sizes, ElementType element);

/// Copies a tensor out, whatever its strides. Other sizes or another type than wanted is ErrorKind::validation.
Result<Tensor> copy_tensor(const TorchSymbols& symbols, const OwnedTensor& tensor, const TensorSizes& wanted, ElementType element);

}  // namespace torchup
