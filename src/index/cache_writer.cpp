#include "src/index/cache_writer.hpp"

#include <utility>

namespace torchup {
namespace {

constexpr std::size_t k_most_unwritten = 16U << 20;  // bytes

}  // namespace

CacheWriter::~CacheWriter() {
  {
    const std::lock_guard lock(m_mutex);
    m_stopping = true;
  }
  m_changed.notify_all();
  if (m_thread.joinable()) m_thread.join();
}

void CacheWriter::add(std::filesystem::path path, CacheFile content) {
  std::unique_lock lock(m_mutex);
  m_changed.wait(lock, [&] { return m_bytes < k_most_unwritten; });
  m_bytes += content.body.size();
  m_paths.insert(path);
  m_jobs.push_back({std::move(path), std::move(content)});
  if (!m_thread.joinable()) m_thread = std::thread([this] { run(); });
  m_changed.notify_all();
}

void CacheWriter::wait_for(const std::filesystem::path& path) {
  std::unique_lock lock(m_mutex);
  m_changed.wait(lock, [&] { return !m_paths.contains(path); });
}

Status CacheWriter::failure_so_far() {
  const std::lock_guard lock(m_mutex);
  if (!m_failure) return {};
  return failure(*std::exchange(m_failure, std::nullopt));
}

Status CacheWriter::finish() {
  {
    std::unique_lock lock(m_mutex);
    m_changed.wait(lock, [&] { return m_paths.empty(); });
  }
  return failure_so_far();
}

void CacheWriter::run() {
  std::unique_lock lock(m_mutex);
  for (;;) {
    m_changed.wait(lock, [&] { return m_stopping || !m_jobs.empty(); });
    if (m_jobs.empty()) return;
    Job job = std::move(m_jobs.front());
    m_jobs.pop_front();
    lock.unlock();
    Status written = write_cache_file(job.path, job.content);
    lock.lock();
    if (!written && !m_failure) m_failure = std::move(written).error();
    m_bytes -= job.content.body.size();
    m_paths.erase(m_paths.find(job.path));
    m_changed.notify_all();
  }
}

}  // namespace torchup
