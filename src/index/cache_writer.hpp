#pragma once
// Writes files of the index cache on a thread of its own, in the order in which they were given: making a file takes the kernel longer
// than reading most pages takes this program, and nobody needs it before the next run. Private to `index`.

#include "torchup/core/result.hpp"

#include "src/index/cache_file.hpp"

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <filesystem>
#include <mutex>
#include <optional>
#include <set>
#include <thread>

namespace torchup {

class CacheWriter {
 public:
  CacheWriter() = default;
  ~CacheWriter();  ///< Writes what is left.
  CacheWriter(const CacheWriter&) = delete;
  CacheWriter& operator=(const CacheWriter&) = delete;

  /// Waits only where much is unwritten already.
  void add(std::filesystem::path path, CacheFile content);

  /// Until nothing is to be written at that path: before it is read.
  void wait_for(const std::filesystem::path& path);

  /// The first failure so far, told once.
  Status failure_so_far();

  /// The same, once everything is written.
  Status finish();

 private:
  struct Job {
    std::filesystem::path path;
    CacheFile content;
  };
  void run();

  std::mutex m_mutex;
  std::condition_variable m_changed;
  std::deque<Job> m_jobs;                        // the one that is just being written has left it
  std::multiset<std::filesystem::path> m_paths;  // of those in the queue, and of that one
  std::size_t m_bytes = 0;
  std::optional<Error> m_failure;
  bool m_stopping = false;
  std::thread m_thread;  // begun with the first file
};

}  // namespace torchup
