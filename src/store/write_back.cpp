#include "src/store/write_back.hpp"

#include <utility>

namespace torchup {

WriteBack::WriteBack(Sync sync, std::chrono::milliseconds pause) : m_sync(std::move(sync)), m_pause(pause), m_thread([this] { run(); }) {}

WriteBack::~WriteBack() { static_cast<void>(end()); }

Status WriteBack::status() const {
  const std::lock_guard lock(m_mutex);
  return m_status;
}

Status WriteBack::end() {
  {
    const std::lock_guard lock(m_mutex);
    m_stopping = true;
  }
  m_changed.notify_all();
  if (m_thread.joinable()) m_thread.join();
  return m_status;
}

void WriteBack::run() {
  std::unique_lock lock(m_mutex);
  while (m_status && !m_changed.wait_for(lock, m_pause, [this] { return m_stopping; })) {
    lock.unlock();
    Status synced = m_sync();
    lock.lock();
    m_status = std::move(synced);
  }
}

}  // namespace torchup
