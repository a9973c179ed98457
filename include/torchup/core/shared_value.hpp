#pragma once
// An immutable value that its copies share: one pointer wide, with the count beside the value. For what a resolution holds by the
// million (versions and sets of them), where a shared_ptr's second pointer would be most of the room. Copies may go to other threads.

#include <atomic>
#include <cstdint>
#include <utility>

namespace torchup {

template <class Value>
class SharedValue {
 public:
  SharedValue() = default;  ///< Nothing: as with a pointer, not to be looked into.
  explicit SharedValue(Value value) : m_box(new Box{{1}, std::move(value)}) {}

  SharedValue(const SharedValue& other) : m_box(other.m_box) {
    if (m_box != nullptr) m_box->holders.fetch_add(1, std::memory_order_relaxed);
  }
  SharedValue(SharedValue&& other) noexcept : m_box(std::exchange(other.m_box, nullptr)) {}
  SharedValue& operator=(SharedValue other) noexcept {
    std::swap(m_box, other.m_box);
    return *this;
  }
  ~SharedValue() {
    // Whoever lets go last must see what the others did before they let go.
    if (m_box != nullptr && m_box->holders.fetch_sub(1, std::memory_order_acq_rel) == 1) delete m_box;
  }

  explicit operator bool() const { return m_box != nullptr; }
  const Value& operator*() const { return m_box->value; }
  const Value* operator->() const { return &m_box->value; }
  const Value* get() const { return m_box == nullptr ? nullptr : &m_box->value; }

  bool same_as(const SharedValue& other) const { return m_box == other.m_box; }  ///< One value, not only equal ones.

 private:
  struct Box {
    std::atomic<std::uint32_t> holders;
    const Value value;
  };

  Box* m_box = nullptr;
};

}  // namespace torchup
