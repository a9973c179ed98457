#pragma once
// A fixed number of threads that take tasks in the order they came. Only the acquisition uses it.

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace torchup {

class WorkerPool {
 public:
  explicit WorkerPool(unsigned threads);
  ~WorkerPool();  ///< Stops.
  WorkerPool(const WorkerPool&) = delete;
  WorkerPool& operator=(const WorkerPool&) = delete;

  /// Tasks may submit tasks. They report their own failures.
  void submit(std::function<void()> task);

  /// Waits until no task is waiting or running, or the limit has passed; whether all is done.
  bool wait(std::chrono::milliseconds limit);

  /// Drops what has not begun, waits for what has, and takes no more.
  void stop();

 private:
  void run();

  std::mutex m_mutex;
  std::condition_variable m_work, m_idle;
  std::deque<std::function<void()>> m_tasks;
  std::size_t m_running = 0;
  bool m_stopping = false;
  std::vector<std::thread> m_threads;
};

}  // namespace torchup
