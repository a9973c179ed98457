#pragma once
// Wheels on their way into a bundle: a thread for each that downloads, which copies behind the download what is still in memory.
// Only the making of a bundle uses it.

#include "torchup/core/cancellation.hpp"

#include "src/bundle/bundle_writer.hpp"
#include "src/fetch/part_file.hpp"

#include <atomic>
#include <cstddef>
#include <map>
#include <memory>
#include <thread>

namespace torchup {

class CopyStage {
 public:
  /// Both must outlive it.
  CopyStage(BundleWriter& writer, const Cancellation& cancellation) : m_writer(writer), m_cancellation(cancellation) {}
  ~CopyStage() { static_cast<void>(end()); }
  CopyStage(const CopyStage&) = delete;
  CopyStage& operator=(const CopyStage&) = delete;

  /// Copies a wheel behind its download. What was copied of a member before, from another part, does not count.
  void begin(std::size_t member, std::shared_ptr<PartFile> part);

  /// The wheel's SHA-256 is right: once copied, its part file is removed. Before that a failure may well be a damaged download's, and
  /// is not told.
  void approve(std::size_t member);

  /// Ends what is copied, without waiting; the first failure so far.
  Status settle();

  /// Waits for all; nothing may download any more. The first failure of an approved wheel.
  Status end();

 private:
  struct Copy {
    std::shared_ptr<PartFile> part;
    bool is_approved = false;
    std::atomic<bool> is_done = false;
    Status outcome = {};
    std::thread thread = {};
  };
  static Status finish(Copy& copy);

  BundleWriter& m_writer;
  const Cancellation& m_cancellation;
  std::map<std::size_t, std::unique_ptr<Copy>> m_copies;  // by member
};

}  // namespace torchup
