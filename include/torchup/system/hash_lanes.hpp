#pragma once
// Where the streams of many threads are hashed, up to three side by side: a processor with SHA instructions is left waiting by
// one stream and does three in hardly more time (docs/performance.md). Fetch and verify share one while they work, validate
// has one of its own.

#include "torchup/system/aligned_buffer.hpp"
#include "torchup/system/hash.hpp"

#include <array>
#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <mutex>
#include <optional>
#include <set>
#include <span>
#include <thread>
#include <vector>

namespace torchup {

class HashLanes {
 public:
  /// `threads` of its own do the work, at least one; `lanes` is how many streams one takes at once.
  explicit HashLanes(unsigned threads, std::size_t lanes = Sha256Stream::lanes());
  ~HashLanes();  ///< Ends what was given.
  HashLanes(const HashLanes&) = delete;
  HashLanes& operator=(const HashLanes&) = delete;

  /// The stream takes the bytes and `after` is called, on another thread; for one stream in the order given, one at a time.
  /// Stream and bytes stay where they are until then. Pieces are kept a moment for others to come.
  void give(Sha256Stream& stream, std::span<const std::byte> bytes, std::function<void()> after);

  /// While one lives, somebody waits for what was given, and pieces are kept for a shorter moment.
  class Waiter {
   public:
    explicit Waiter(HashLanes& lanes);
    ~Waiter();
    Waiter(const Waiter&) = delete;
    Waiter& operator=(const Waiter&) = delete;

   private:
    HashLanes& m_lanes;
  };

 private:
  struct Piece {
    Sha256Stream::Piece bytes;
    std::function<void()> after;
  };

  void run();
  std::vector<Piece> take_batch(std::unique_lock<std::mutex>& lock);
  std::size_t ready() const;

  const std::size_t m_lanes;
  std::mutex m_mutex;
  std::condition_variable m_changed;
  std::deque<Piece> m_pieces;
  std::set<const Sha256Stream*> m_busy;
  std::size_t m_waiters = 0;
  bool m_stopping = false;
  std::vector<std::jthread> m_threads;
};

/// One content, hashed and used behind the back of the thread that makes it, piece by piece.
class HashedPieces {
 public:
  /// What is done with a piece once it is hashed; in order, one at a time. After a failure nothing more is done.
  using Use = std::function<Status(std::span<const std::byte>)>;

  /// Memory of pieces under way, kept from one content to the next.
  using Slots = std::array<AlignedBuffer, 3>;

  HashedPieces(HashLanes& lanes, Slots& slots, Use use);
  ~HashedPieces();  ///< Waits for what is under way.
  HashedPieces(const HashedPieces&) = delete;
  HashedPieces& operator=(const HashedPieces&) = delete;

  /// Takes the first `size` bytes of `piece`, which has other memory afterwards. Waits where three are under way. Fails where
  /// an earlier piece's use did.
  Status take(AlignedBuffer& piece, std::size_t size);

  /// The digest of all, once all are used; or the first failure of a use.
  Result<Sha256> finish();

 private:
  void wait_for(std::unique_lock<std::mutex>& lock, std::size_t most_under_way);
  void use_slot(std::size_t slot, std::size_t size);

  HashLanes& m_lanes;
  Slots& m_slots;
  Use m_use;
  Sha256Stream m_hash;
  std::mutex m_mutex;
  std::condition_variable m_changed;
  std::vector<std::size_t> m_free;
  std::optional<Error> m_error;
};

}  // namespace torchup
