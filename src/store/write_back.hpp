#pragma once
// Has the disk write while others still make what it shall write, so that the sync that everything waits for is a short one.
// Used by the acquisition beside its unpacking (docs/performance.md), which publishes what is whole with the same syncs.

#include "torchup/core/result.hpp"

#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <thread>

namespace torchup {

/// Long enough to gather many small files, short beside what a download takes.
inline constexpr std::chrono::milliseconds k_write_back_pause{250};

class WriteBack {
 public:
  using Sync = std::function<Status()>;

  /// Calls `sync` on a thread of its own, each time after the pause, until it is ended or a call fails.
  explicit WriteBack(Sync sync, std::chrono::milliseconds pause = k_write_back_pause);
  ~WriteBack();
  WriteBack(const WriteBack&) = delete;
  WriteBack& operator=(const WriteBack&) = delete;

  /// The failure of a call so far.
  Status status() const;

  /// Waits for the call under way. Its failure, or an earlier one's, is the caller's to heed: Linux tells a failed write-back
  /// to who asks first, and a file that is opened afterwards would sync without an error.
  Status end();

 private:
  void run();

  Sync m_sync;
  std::chrono::milliseconds m_pause;
  mutable std::mutex m_mutex;
  std::condition_variable m_changed;
  bool m_stopping = false;
  Status m_status;
  std::thread m_thread;
};

}  // namespace torchup
