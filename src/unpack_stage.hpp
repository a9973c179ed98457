#pragma once
// The wheels that are being unpacked, most of them while they still download: a pool of threads that takes whatever has
// bytes to go on with, from the wheel with the most left to do. Only the acquisition uses it.

#include "torchup/core/cancellation.hpp"
#include "torchup/system/hash_lanes.hpp"

#include "src/fetch/part_file.hpp"
#include "src/verify/unpacking.hpp"

#include <condition_variable>
#include <filesystem>
#include <list>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

namespace torchup {

/// A wheel that is a whole tree now, and not yet in the store.
struct UnpackedWheel {
  StagedTree tree;
  std::filesystem::path part;  ///< To be removed once the tree is published: until then the wheel is all that there is.
};

class UnpackStage {
 public:
  /// `store`, `lanes` and `cancellation` must outlive it.
  UnpackStage(const Store& store, unsigned threads, HashLanes& lanes, const Cancellation& cancellation);
  ~UnpackStage();
  UnpackStage(const UnpackStage&) = delete;
  UnpackStage& operator=(const UnpackStage&) = delete;

  /// Unpacks a wheel behind its download. A wheel that began before, from another part, is forgotten. `request` must outlive
  /// this.
  void begin(const ArtifactRequest& request, std::shared_ptr<PartFile> part);

  /// The wheel's SHA-256 is right: once unpacked it counts. Before that a broken rule may well be a damaged download, and is
  /// not told.
  void approve(const ArtifactRequest& request);

  /// The first failure so far.
  Status status() const;

  /// Waits until all that was approved is a whole tree, or for the first failure.
  Status wait();

  /// What has become whole since the last call.
  std::vector<UnpackedWheel> take();

  /// Drops what is unfinished and gives the rest of what is whole. Nothing may begin after that.
  std::vector<UnpackedWheel> end();

 private:
  struct Job {
    const ArtifactRequest* request = nullptr;
    std::shared_ptr<PartFile> part;
    std::unique_ptr<Unpacking> unpacking;  // once its directory is read
    std::size_t next = 0, done = 0;        // batches
    bool is_taken = false;                 // a thread reads the directory, or finishes it
    bool is_approved = false;
    bool is_dropped = false;
    std::optional<Error> broken;  // told once the download is known to be right
  };
  using JobPointer = std::shared_ptr<Job>;

  void run();
  JobPointer pick() const;
  bool can_go_on(const Job& job) const;
  void advance(Job& job, UnpackBuffers& buffers, std::unique_lock<std::mutex>& lock);
  void finish(Job& job, std::unique_lock<std::mutex>& lock);
  void take_failure(Job& job, Error error);

  const Store& m_store;
  HashLanes& m_lanes;
  const Cancellation& m_cancellation;
  mutable std::mutex m_mutex;
  std::condition_variable m_work, m_progress;
  std::list<JobPointer> m_jobs;  // begun and neither whole nor dropped
  std::vector<UnpackedWheel> m_whole;
  Status m_status;
  bool m_stopping = false;
  std::vector<std::thread> m_threads;
};

}  // namespace torchup
