#include "src/fetch/chunk_pool.hpp"

#include <chrono>
#include <utility>

namespace torchup {
namespace {

constexpr std::chrono::milliseconds k_patience{20};

Status write_chunk(const Chunk& chunk, std::span<const std::byte> bytes, const PartOnDisk& disk) {
  const bool is_aligned = chunk.offset % k_direct_alignment == 0 && bytes.size() % k_direct_alignment == 0;
  const FileDescriptor& file = disk.direct && is_aligned ? *disk.direct : disk.file;
  return file.write_at(chunk.offset, bytes);
}

}  // namespace

ChunkPool::ChunkPool(std::size_t limit) : m_limit(limit), m_thread([this] { run(); }) {}

ChunkPool::~ChunkPool() {
  {
    const std::lock_guard lock(mutex);
    m_stopping = true;
  }
  m_work.notify_all();
  m_thread.join();
}

std::shared_ptr<Chunk> ChunkPool::recycle(bool unread_too) {
  for (auto oldest = m_written.begin(); oldest != m_written.end(); ++oldest) {
    if (oldest->use_count() > 1 || !(unread_too || (*oldest)->is_used_up())) continue;
    auto fresh = std::make_shared<Chunk>();  // not the old one: who remembers that one shall find it gone
    fresh->bytes = std::move((*oldest)->bytes);
    m_written.erase(oldest);
    return fresh;
  }
  return nullptr;
}

std::shared_ptr<Chunk> ChunkPool::take(std::unique_lock<std::mutex>& lock) {
  if (m_made < m_limit) {
    ++m_made;
    return std::make_shared<Chunk>();
  }
  const auto patience = std::chrono::steady_clock::now() + k_patience;
  while (true) {
    if (auto chunk = recycle(false)) return chunk;
    if (std::chrono::steady_clock::now() >= patience) {
      if (auto chunk = recycle(true)) return chunk;
    }
    changed.wait_for(lock, std::chrono::milliseconds(1));
  }
}

void ChunkPool::write(std::shared_ptr<Chunk> chunk, std::shared_ptr<PartOnDisk> disk) {
  ++disk->unwritten;
  m_to_write.push_back({std::move(chunk), std::move(disk)});
  m_work.notify_one();
}

void ChunkPool::run() {
  std::unique_lock lock(mutex);
  while (true) {
    m_work.wait(lock, [this] { return m_stopping || !m_to_write.empty(); });
    if (m_to_write.empty()) return;
    Write next = std::move(m_to_write.front());
    m_to_write.pop_front();
    const bool is_worth_it = !next.disk->error;
    lock.unlock();
    Status written;
    if (is_worth_it) written = write_chunk(*next.chunk, next.chunk->bytes.room(next.chunk->filled), *next.disk);
    lock.lock();
    if (!written) next.disk->error = std::move(written).error();
    --next.disk->unwritten;
    m_written.push_back(std::move(next.chunk));
    changed.notify_all();
  }
}

}  // namespace torchup
