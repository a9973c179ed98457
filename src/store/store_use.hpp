#pragma once
// The right to use a store, held by as many processes as like, or to clean it, held by one that then is alone: flock on
// ROOT/.lock, which the kernel lets go of when a process dies. Made by `Store::open`; each verified artifact holds on to it.

#include "torchup/core/result.hpp"
#include "torchup/system/file_descriptor.hpp"

#include <chrono>
#include <filesystem>
#include <utility>

namespace torchup {

class StoreUse {
 public:
  /// Waits up to `limit` for a process that is cleaning; ErrorKind::host then. Where nobody else uses the store, what killed
  /// processes left in its staging is removed first. A file system without locks gives a use that keeps nobody away.
  static Result<StoreUse> begin(const std::filesystem::path& root, std::chrono::milliseconds limit);

  /// The same of a store that is only read: nothing is made or removed in it, and one without a lock file keeps nobody away.
  static Result<StoreUse> begin_reading(const std::filesystem::path& root, std::chrono::milliseconds limit);

  /// Waits up to `limit` until all other uses have ended, and keeps new ones from beginning; ErrorKind::host where they do not.
  Status become_alone(std::chrono::milliseconds limit) const;

  /// Lets others use the store again.
  Status share() const;

 private:
  explicit StoreUse(FileDescriptor file) : m_file(std::move(file)) {}
  FileDescriptor m_file;
};

}  // namespace torchup
