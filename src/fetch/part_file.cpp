#include "src/fetch/part_file.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <utility>

namespace torchup {
namespace {

/// A smaller wheel goes through the page cache: its unpacking reads it at once.
constexpr std::uint64_t k_direct_from = 32ULL << 20;

tl::unexpected<Error> no_longer(const std::filesystem::path& path) {
  return failure({ErrorKind::interrupted, fmt::format("`{}` is not downloaded any more", path.string()), {}, {}});
}

}  // namespace

PartFile::PartFile(std::shared_ptr<PartOnDisk> disk, std::uint64_t there, std::optional<std::uint64_t> whole,
                   std::shared_ptr<ChunkPool> pool)
    : m_path(disk->file.path()), m_pool(std::move(pool)), m_disk(std::move(disk)), m_whole(whole), m_available(there) {}

Result<std::shared_ptr<PartFile>> PartFile::go_on(FileDescriptor file, std::optional<std::uint64_t> whole,
                                                  std::shared_ptr<ChunkPool> pool) {
  TORCHUP_TRY_ASSIGN(const std::uint64_t there, file.size());
  auto disk = std::make_shared<PartOnDisk>();
  disk->file = std::move(file);
  if (whole && *whole >= k_direct_from) disk->direct = disk->file.reopen_direct();
  return std::shared_ptr<PartFile>(new PartFile(std::move(disk), there, whole, std::move(pool)));
}

PartFile::~PartFile() { abandon(); }

Status PartFile::append(std::span<const std::byte> bytes) {
  std::unique_lock lock(m_pool->mutex);
  bool grew = false;
  while (!bytes.empty()) {
    if (m_disk->error) return failure(*m_disk->error);
    if (!m_current) {
      m_current = m_pool->take(lock);
      m_current->offset = m_available;
      m_chunks[m_available] = m_current;
    }
    const std::size_t room = k_chunk_size - static_cast<std::size_t>(m_current->offset % k_chunk_size);  // chunks end at multiples
    const auto piece = bytes.first(std::min(bytes.size(), room - m_current->filled));
    lock.unlock();  // readers look at what is available only
    std::memcpy(m_current->bytes.room(k_chunk_size).data() + m_current->filled, piece.data(), piece.size());
    if (!m_disk->direct) TORCHUP_TRY(m_disk->file.write_at(m_available, piece));
    lock.lock();
    m_current->filled += piece.size();
    m_available += piece.size();
    bytes = bytes.subspan(piece.size());
    if (m_current->filled < room) continue;
    grew = true;
    if (m_disk->direct) {
      m_pool->write(std::exchange(m_current, nullptr), m_disk);
    } else {
      m_pool->keep(std::exchange(m_current, nullptr));
    }
  }
  if (!grew) return {};
  m_pool->changed.notify_all();
  lock.unlock();
  if (m_on_growth) m_on_growth();
  return {};
}

void PartFile::set_whole(std::uint64_t bytes) {
  const std::lock_guard lock(m_pool->mutex);
  m_whole = bytes;
}

void PartFile::add_end(std::vector<std::byte> bytes) {
  {
    const std::lock_guard lock(m_pool->mutex);
    if (!m_is_complete && bytes.size() > m_end.size()) m_end = std::move(bytes);
    m_pool->changed.notify_all();
  }
  if (m_on_growth) m_on_growth();
}

std::optional<std::uint64_t> PartFile::wanted_end() const {
  const std::lock_guard lock(m_pool->mutex);
  if (m_is_complete || m_is_abandoned || m_wanted_end <= m_end.size()) return std::nullopt;
  return m_wanted_end;
}

/// Brings into the file what is not there yet.
Status PartFile::flush(std::unique_lock<std::mutex>& lock) {
  m_pool->changed.wait(lock, [this] { return m_disk->unwritten == 0; });
  if (m_disk->error) return failure(*m_disk->error);
  if (!m_current) return {};
  const std::shared_ptr<Chunk> last = std::exchange(m_current, nullptr);
  if (m_disk->direct) TORCHUP_TRY(m_disk->file.write_at(last->offset, last->bytes.room(last->filled)));
  m_pool->keep(last);
  return {};
}

Status PartFile::complete() {
  Status flushed;
  {
    std::unique_lock lock(m_pool->mutex);
    flushed = flush(lock);
    m_is_complete = flushed.has_value();
    m_whole = m_available;
    m_end = {};
    m_pool->changed.notify_all();
  }
  if (m_on_growth) m_on_growth();
  return flushed;
}

void PartFile::abandon() {
  std::unique_lock lock(m_pool->mutex);
  if (m_is_complete || m_is_abandoned) return;
  static_cast<void>(flush(lock));  // what is not in the file will be downloaded again
  m_is_abandoned = true;
  m_pool->changed.notify_all();
}

Result<std::shared_ptr<PartFile>> PartFile::start_over(std::optional<std::uint64_t> whole) {
  std::unique_lock lock(m_pool->mutex);
  m_is_abandoned = true;
  m_current = nullptr;
  m_pool->changed.notify_all();
  m_pool->changed.wait(lock, [this] { return m_disk->unwritten == 0; });
  if (m_disk->error) return failure(*m_disk->error);
  TORCHUP_TRY(m_disk->file.truncate(0));
  return std::shared_ptr<PartFile>(new PartFile(m_disk, 0, whole, m_pool));
}

bool PartFile::is_abandoned() const {
  const std::lock_guard lock(m_pool->mutex);
  return m_is_abandoned;
}

std::uint64_t PartFile::available() const {
  const std::lock_guard lock(m_pool->mutex);
  return m_available;
}

bool PartFile::has_end() const {
  const std::lock_guard lock(m_pool->mutex);
  return m_is_complete || !m_end.empty();
}

Result<std::uint64_t> PartFile::size() const {
  const std::lock_guard lock(m_pool->mutex);
  if (m_whole) return *m_whole;
  return failure({ErrorKind::internal, fmt::format("nobody knows yet how long `{}` will be", m_path.string()), {}, {}});
}

Result<std::size_t> PartFile::read_at(std::uint64_t offset, std::span<std::byte> into) const {
  std::unique_lock lock(m_pool->mutex);
  while (true) {
    if (m_is_abandoned) return no_longer(m_path);
    const std::uint64_t end = std::min(offset + into.size(), m_whole.value_or(offset + into.size()));
    if (end <= m_available || m_is_complete) return copy(offset, into, lock);
    if (m_whole && offset >= *m_whole - std::min<std::uint64_t>(m_end.size(), *m_whole)) {
      const std::size_t skipped = static_cast<std::size_t>(offset - (*m_whole - m_end.size()));
      const auto wanted = std::span(m_end).subspan(skipped).first(static_cast<std::size_t>(end - offset));
      std::ranges::copy(wanted, into.begin());
      return wanted.size();
    }
    if (m_whole && end == *m_whole) m_wanted_end = std::max(m_wanted_end, end - offset);
    m_pool->changed.wait(lock);
  }
}

Result<LentBytes> PartFile::lend(std::uint64_t offset, std::span<std::byte> room) const {
  std::unique_lock lock(m_pool->mutex);
  m_pool->changed.wait(lock, [&] { return m_is_abandoned || m_is_complete || offset < m_available; });
  if (m_is_abandoned) return no_longer(m_path);
  return lend_available(offset, room, lock);
}

/// Bytes that have come: out of memory where they still are, else out of the file. Never beyond one chunk.
Result<LentBytes> PartFile::lend_available(std::uint64_t offset, std::span<std::byte> room, std::unique_lock<std::mutex>& lock) const {
  const auto next = m_chunks.upper_bound(offset);
  const std::uint64_t until = next == m_chunks.end() ? m_available : next->first;
  const std::size_t size = static_cast<std::size_t>(std::min<std::uint64_t>(room.size(), until - std::min(offset, until)));
  const std::shared_ptr<Chunk> chunk = next == m_chunks.begin() ? nullptr : std::prev(next)->second.lock();
  if (chunk) {
    chunk->read += size;
    const auto bytes = chunk->bytes.room(k_chunk_size).subspan(static_cast<std::size_t>(offset - chunk->offset), size);
    return LentBytes{bytes, chunk};
  }
  lock.unlock();
  const Result<std::size_t> read = m_disk->file.read_at(offset, room.first(size));
  lock.lock();
  if (!read) return failure(read.error());
  if (*read == size) return LentBytes{room.first(size)};
  return failure({ErrorKind::integrity, fmt::format("`{}` became shorter while it was read", m_path.string()), {}, {}});
}

Result<std::size_t> PartFile::copy(std::uint64_t offset, std::span<std::byte> into, std::unique_lock<std::mutex>& lock) const {
  std::size_t copied = 0;
  while (copied < into.size() && offset + copied < m_available) {
    const std::span<std::byte> rest = into.subspan(copied);
    TORCHUP_TRY_ASSIGN(const LentBytes lent, lend_available(offset + copied, rest, lock));
    if (lent.owner) {
      lock.unlock();
      std::memcpy(rest.data(), lent.bytes.data(), lent.bytes.size());
      lock.lock();
    }
    copied += lent.bytes.size();
  }
  return copied;
}

}  // namespace torchup
