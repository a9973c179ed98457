#pragma once
// A file descriptor that closes itself.

#include <unistd.h>
#include <utility>

namespace torchup {

class Descriptor {
 public:
  explicit Descriptor(int value) : m_value(value) {}
  Descriptor(Descriptor&& other) noexcept : m_value(std::exchange(other.m_value, -1)) {}
  Descriptor& operator=(Descriptor&&) = delete;
  ~Descriptor() { close(); }

  int get() const { return m_value; }

  void close() {
    if (m_value >= 0) ::close(std::exchange(m_value, -1));
  }

 private:
  int m_value;
};

}  // namespace torchup
