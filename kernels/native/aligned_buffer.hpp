#pragma once
// Memory that begins on a cache line, which vectors may be loaded from. Used by the native kernels.

#include <cstddef>
#include <memory>
#include <new>

namespace torchup::native {

/// Its elements have no values until they are written.
template <class T>
class AlignedBuffer {
 public:
  explicit AlignedBuffer(std::size_t elements) : m_values(static_cast<T*>(::operator new(elements * sizeof(T), k_line))) {}
  T* get() const { return m_values.get(); }

 private:
  static constexpr std::align_val_t k_line{64};
  struct Release {
    void operator()(T* values) const { ::operator delete(values, k_line); }
  };
  std::unique_ptr<T[], Release> m_values;
};

}  // namespace torchup::native
