#pragma once
// The user's Ctrl-C as a value that long work asks for at its safe points.

#include "torchup/core/result.hpp"

#include <atomic>

namespace torchup {

class Cancellation {
 public:
  /// Safe in a signal handler.
  void request() noexcept { m_requested.store(true, std::memory_order_relaxed); }

  bool requested() const noexcept { return m_requested.load(std::memory_order_relaxed); }

  /// ErrorKind::interrupted once requested.
  Status check() const {
    if (requested()) return failure({ErrorKind::interrupted, "interrupted", {}, {}});
    return {};
  }

 private:
  std::atomic<bool> m_requested = false;
};

}  // namespace torchup
