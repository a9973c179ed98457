#pragma once
// The memory and the writing thread behind downloads. What comes off the network is put into chunks; readers take it from
// there while a thread of its own brings it into the part files, past the page cache where it can: a wheel of which nobody
// will read the file again would only push other things out of memory. Private to `fetch`.

#include "torchup/core/error.hpp"
#include "torchup/system/aligned_buffer.hpp"
#include "torchup/system/file_descriptor.hpp"

#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>

namespace torchup {

inline constexpr std::size_t k_chunk_size = 1ULL << 20;

/// A stretch of one wheel; filled once, by one thread, and never changed after.
struct Chunk {
  std::uint64_t offset = 0;  ///< In the wheel.
  std::size_t filled = 0;
  std::size_t read = 0;  ///< Bytes that readers took of it, all of them together.
  AlignedBuffer bytes;

  /// Whether everybody has had it: the digest and the unpacking.
  bool is_used_up() const { return read >= 2 * filled; }
};

/// A part file as the writing thread sees it.
struct PartOnDisk {
  FileDescriptor file;
  std::optional<FileDescriptor> direct;  ///< The same file, for whole chunks.
  std::size_t unwritten = 0;             ///< Chunks on their way.
  std::optional<Error> error;            ///< The first write that failed.
};

class ChunkPool {
 public:
  /// At most so many chunks exist, but for those that somebody is just reading.
  explicit ChunkPool(std::size_t limit);
  ~ChunkPool();  ///< Writes what was given to it, first.
  ChunkPool(const ChunkPool&) = delete;
  ChunkPool& operator=(const ChunkPool&) = delete;

  /// An empty chunk: a new one, or one that is used up. Where there is none it waits, which slows the network down to what
  /// the readers can take; not for long, since some reader may wait for another wheel, and then takes one whose content is
  /// in its part file.
  std::shared_ptr<Chunk> take(std::unique_lock<std::mutex>& lock);

  /// Has a full chunk written; it stays in memory until another needs its place. The lock must be held.
  void write(std::shared_ptr<Chunk> chunk, std::shared_ptr<PartOnDisk> disk);

  /// Keeps a chunk whose content is on the disk already. The lock must be held.
  void keep(std::shared_ptr<Chunk> chunk) { m_written.push_back(std::move(chunk)); }

  std::mutex mutex;                 ///< Guards every part file of this pool as well.
  std::condition_variable changed;  ///< Something came, was written, ended or was abandoned.

 private:
  struct Write {
    std::shared_ptr<Chunk> chunk;
    std::shared_ptr<PartOnDisk> disk;
  };
  void run();
  std::shared_ptr<Chunk> recycle(bool unread_too);

  std::size_t m_limit;
  std::size_t m_made = 0;
  std::deque<Write> m_to_write;
  std::deque<std::shared_ptr<Chunk>> m_written;  // the oldest first
  std::condition_variable m_work;
  bool m_stopping = false;
  std::thread m_thread;
};

}  // namespace torchup
