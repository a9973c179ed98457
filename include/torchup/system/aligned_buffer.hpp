#pragma once
// Memory that direct I/O can write from: its address is a multiple of the page size. It grows and is never zeroed.

#include <cstddef>
#include <memory>
#include <new>
#include <span>
#include <utility>

namespace torchup {

inline constexpr std::size_t k_direct_alignment = 4096;  ///< What O_DIRECT asks of offset, size and address, everywhere.

class AlignedBuffer {
 public:
  AlignedBuffer() = default;
  AlignedBuffer(AlignedBuffer&& other) noexcept : m_bytes(std::move(other.m_bytes)), m_size(std::exchange(other.m_size, 0)) {}
  AlignedBuffer& operator=(AlignedBuffer&& other) noexcept {
    m_bytes = std::move(other.m_bytes);
    m_size = std::exchange(other.m_size, 0);
    return *this;
  }

  /// The first `size` bytes, made where they are not there yet; what was in them before may be gone then.
  std::span<std::byte> room(std::size_t size) {
    if (size > m_size) {
      m_bytes.reset(new (std::align_val_t{k_direct_alignment}) std::byte[size]);
      m_size = size;
    }
    return {m_bytes.get(), size};
  }

  std::size_t size() const { return m_size; }

 private:
  struct Free {
    void operator()(std::byte* bytes) const { ::operator delete[](bytes, std::align_val_t{k_direct_alignment}); }
  };
  std::unique_ptr<std::byte[], Free> m_bytes;
  std::size_t m_size = 0;
};

}  // namespace torchup
