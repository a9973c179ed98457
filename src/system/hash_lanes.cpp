#include "torchup/system/hash_lanes.hpp"

#include <algorithm>
#include <chrono>
#include <utility>

namespace torchup {
namespace {

/// Handing a piece over costs about as much as hashing this.
constexpr std::size_t k_worth_giving = 64ULL << 10;
/// How long a piece is kept for others to come: as long as it takes to inflate a few. Less where somebody waits for it.
constexpr std::chrono::milliseconds k_patience{5};
constexpr std::chrono::milliseconds k_waited_for{1};

}  // namespace

HashLanes::HashLanes(unsigned threads, std::size_t lanes) : m_lanes(lanes) {
  for (unsigned i = 0; i < std::max(1U, threads); ++i) m_threads.emplace_back([this] { run(); });
}

HashLanes::~HashLanes() {
  {
    const std::lock_guard lock(m_mutex);
    m_stopping = true;
  }
  m_changed.notify_all();
  m_threads.clear();  // joins
}

HashLanes::Waiter::Waiter(HashLanes& lanes) : m_lanes(lanes) {
  {
    const std::lock_guard lock(m_lanes.m_mutex);
    ++m_lanes.m_waiters;
  }
  m_lanes.m_changed.notify_all();
}

HashLanes::Waiter::~Waiter() {
  const std::lock_guard lock(m_lanes.m_mutex);
  --m_lanes.m_waiters;
}

void HashLanes::give(Sha256Stream& stream, std::span<const std::byte> bytes, std::function<void()> after) {
  {
    const std::lock_guard lock(m_mutex);
    m_pieces.push_back({{&stream, bytes}, std::move(after)});
  }
  m_changed.notify_one();
}

/// How many streams have a piece that may be taken now, as far as it matters.
std::size_t HashLanes::ready() const {
  std::set<const Sha256Stream*> streams;
  for (const Piece& piece : m_pieces) {
    if (!m_busy.contains(piece.bytes.stream)) streams.insert(piece.bytes.stream);
    if (streams.size() == m_lanes) break;
  }
  return streams.size();
}

/// The oldest piece of each of as many streams as there are lanes; none at the end.
std::vector<HashLanes::Piece> HashLanes::take_batch(std::unique_lock<std::mutex>& lock) {
  while (true) {
    const std::size_t found = ready();
    if (found == m_lanes || (found > 0 && m_stopping)) break;
    if (found == 0) {
      if (m_stopping && m_pieces.empty()) return {};
      m_changed.wait(lock);
    } else if (m_changed.wait_for(lock, m_waiters > 0 ? k_waited_for : k_patience) == std::cv_status::timeout) {
      break;
    }
  }
  std::vector<Piece> batch;
  for (auto piece = m_pieces.begin(); piece != m_pieces.end() && batch.size() < m_lanes;) {
    if (m_busy.insert(piece->bytes.stream).second) {
      batch.push_back(std::move(*piece));
      piece = m_pieces.erase(piece);
    } else {
      ++piece;
    }
  }
  return batch;
}

void HashLanes::run() {
  std::unique_lock lock(m_mutex);
  while (true) {
    std::vector<Piece> batch = take_batch(lock);
    if (batch.empty() && m_stopping && m_pieces.empty()) return;
    lock.unlock();
    std::vector<Sha256Stream::Piece> pieces;
    for (const Piece& piece : batch) pieces.push_back(piece.bytes);
    Sha256Stream::update_side_by_side(pieces);
    for (const Piece& piece : batch) {
      piece.after();
      lock.lock();
      m_busy.erase(piece.bytes.stream);
      lock.unlock();
      m_changed.notify_one();
    }
    lock.lock();
  }
}

HashedPieces::HashedPieces(HashLanes& lanes, Slots& slots, Use use) : m_lanes(lanes), m_slots(slots), m_use(std::move(use)) {
  for (std::size_t slot = 0; slot < m_slots.size(); ++slot) m_free.push_back(slot);
}

HashedPieces::~HashedPieces() {
  std::unique_lock lock(m_mutex);
  wait_for(lock, 0);
}

void HashedPieces::wait_for(std::unique_lock<std::mutex>& lock, std::size_t most_under_way) {
  const auto is_reached = [&] { return m_slots.size() - m_free.size() <= most_under_way; };
  if (is_reached()) return;
  const HashLanes::Waiter waiter(m_lanes);
  m_changed.wait(lock, is_reached);
}

void HashedPieces::use_slot(std::size_t slot, std::size_t size) {
  bool is_wanted = false;
  {
    const std::lock_guard lock(m_mutex);
    is_wanted = !m_error;
  }
  Status used = is_wanted ? m_use(m_slots[slot].room(size)) : Status();
  const std::lock_guard lock(m_mutex);
  if (!used) m_error = std::move(used).error();
  m_free.push_back(slot);
  m_changed.notify_one();  // under the lock: whoever waits may take this object away
}

Status HashedPieces::take(AlignedBuffer& piece, std::size_t size) {
  std::unique_lock lock(m_mutex);
  if (size < k_worth_giving) wait_for(lock, 0);
  wait_for(lock, m_slots.size() - 1);
  if (m_error) return failure(*m_error);
  if (size < k_worth_giving) {
    m_hash.update(piece.room(size));
    return m_use(piece.room(size));
  }
  const std::size_t slot = m_free.back();
  m_free.pop_back();
  std::swap(m_slots[slot], piece);
  m_lanes.give(m_hash, m_slots[slot].room(size), [this, slot, size] { use_slot(slot, size); });
  return {};
}

Result<Sha256> HashedPieces::finish() {
  std::unique_lock lock(m_mutex);
  wait_for(lock, 0);
  if (m_error) return failure(*m_error);
  return m_hash.finish();
}

}  // namespace torchup
