#include "src/fetch/chunk_pool.hpp"

#include <chrono>
#include <utility>

namespace torchup {
namespace {

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

std::shared_ptr<Chunk> ChunkPool::take(std::unique_lock<std::mutex>& lock) {
  while (true) {
    if (m_made < m_limit) {
      ++m_made;
      return std::make_shared<Chunk>();
    }
    for (std::size_t looked_at = m_written.size(); looked_at > 0; --looked_at) {
      std::shared_ptr<Chunk> oldest = std::move(m_written.front());
      m_written.pop_front();
      if (oldest.use_count() == 1) {
        auto fresh = std::make_shared<Chunk>();  // not the old one: who remembers that one shall find it gone
        fresh->bytes = std::move(oldest->bytes);
        return fresh;
      }
      m_written.push_back(std::move(oldest));  // somebody is just reading it
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
