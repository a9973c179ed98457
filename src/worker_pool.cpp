#include "src/worker_pool.hpp"

#include <chrono>
#include <utility>

namespace torchup {

WorkerPool::WorkerPool(unsigned threads) {
  for (unsigned i = 0; i < threads; ++i) m_threads.emplace_back([this] { run(); });
}

WorkerPool::~WorkerPool() { stop(); }

void WorkerPool::stop() {
  {
    const std::lock_guard lock(m_mutex);
    m_stopping = true;
    m_tasks.clear();
  }
  m_work.notify_all();
  for (std::thread& thread : m_threads) thread.join();
  m_threads.clear();
}

void WorkerPool::submit(std::function<void()> task) {
  {
    const std::lock_guard lock(m_mutex);
    if (m_stopping) return;
    m_tasks.push_back(std::move(task));
  }
  m_work.notify_one();
}

bool WorkerPool::wait(std::chrono::milliseconds limit) {
  std::unique_lock lock(m_mutex);
  return m_idle.wait_for(lock, limit, [this] { return m_tasks.empty() && m_running == 0; });
}

void WorkerPool::run() {
  std::unique_lock lock(m_mutex);
  while (true) {
    m_work.wait(lock, [this] { return m_stopping || !m_tasks.empty(); });
    if (m_stopping) return;
    const std::function<void()> task = std::move(m_tasks.front());
    m_tasks.pop_front();
    ++m_running;
    lock.unlock();
    task();
    lock.lock();
    --m_running;
    if (m_tasks.empty() && m_running == 0) m_idle.notify_all();
  }
}

}  // namespace torchup
