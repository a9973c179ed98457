#pragma once
// SHA-256 of wheels that still come, on a thread of its own: hashing on the network thread would slow the network. Private to
// `fetch`.

#include "torchup/core/digest.hpp"
#include "torchup/system/hash_lanes.hpp"

#include "src/fetch/part_file.hpp"

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>

namespace torchup {

class HashFollower {
 public:
  using Id = std::uint64_t;
  struct Finished {
    Id id;
    Result<Sha256> sha256;
  };

  explicit HashFollower(HashLanes& lanes);  ///< Which must outlive it.
  ~HashFollower();                          ///< Forgets what is unfinished.
  HashFollower(const HashFollower&) = delete;
  HashFollower& operator=(const HashFollower&) = delete;

  /// Follows a wheel from its first byte.
  Id follow(std::shared_ptr<const PartFile> part);

  /// So many bytes are there now, and will not change.
  void grown(Id id, std::uint64_t bytes);

  /// The file is whole with so many bytes: its digest comes out of `next`.
  void ended(Id id, std::uint64_t bytes);

  /// What was read of it does not count any more.
  void forget(Id id);

  /// A digest that is ready, at once or within the limit.
  std::optional<Finished> next(std::chrono::milliseconds limit);

 private:
  struct Job;
  void run();
  std::shared_ptr<Job> take_job();
  void hash_piece(const std::shared_ptr<Job>& job, std::unique_lock<std::mutex>& lock);
  void end_piece(Job& job, std::optional<Error> error);

  HashLanes& m_lanes;
  std::mutex m_mutex;
  std::condition_variable m_work, m_done;
  std::map<Id, std::shared_ptr<Job>> m_jobs;
  std::deque<Finished> m_finished;
  Id m_last_id = 0;
  std::size_t m_under_way = 0;  // pieces
  bool m_stopping = false;
  std::thread m_thread;
};

}  // namespace torchup
