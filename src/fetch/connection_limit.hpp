#pragma once
// How many downloads share the line: fewer where it proves to be poor. A line that carries four downloads badly often carries one well,
// since each gets more of it and none is idle until it times out.

#include <algorithm>
#include <cstddef>

namespace torchup {

/// Halved by each request that a line or a server broke off, one more with each wheel that came whole: additive increase,
/// multiplicative decrease, as TCP does with its window (RFC 5681).
class ConnectionLimit {
 public:
  /// Begins with `most`, at least 1.
  explicit ConnectionLimit(std::size_t most) : m_most(std::max<std::size_t>(1, most)), m_now(m_most) {}

  /// From 1 to `most`.
  std::size_t now() const { return m_now; }

  void broken() { m_now = std::max<std::size_t>(1, m_now / 2); }
  void whole() { m_now = std::min(m_most, m_now + 1); }

 private:
  std::size_t m_most, m_now;
};

}  // namespace torchup
