#pragma once
// The right to change one environment, held by one process at a time: flock on DIR/.lock. Made by `open_environment`;
// every function that changes an environment asks for it. A process that dies loses it at once.

#include "torchup/core/cancellation.hpp"
#include "torchup/core/diagnostics.hpp"

#include "src/install/folder.hpp"

#include <chrono>
#include <filesystem>

namespace torchup {

class EnvironmentLock {
 public:
  /// Waits up to `limit` for another process; then ErrorKind::host with its number, where it has signed. Makes DIR where there is none, and
  /// takes it away again at the end if no generation came to be. DIR must be absolute.
  static Result<EnvironmentLock> acquire(const std::filesystem::path& root, std::chrono::milliseconds limit, Diagnostics& diagnostics,
                                         const Cancellation& cancellation);
  ~EnvironmentLock();
  EnvironmentLock(EnvironmentLock&&) noexcept = default;
  EnvironmentLock& operator=(EnvironmentLock&&) = delete;

  /// Writes this process's number for those who wait; called once it is known that something will be changed, so that a
  /// command that finds nothing to do writes nothing. The number goes when the lock does.
  Status sign();

  const std::filesystem::path& root() const { return m_folder.path(); }
  const Folder& folder() const { return m_folder; }

 private:
  EnvironmentLock(Folder folder, FileDescriptor file, bool made_root)
      : m_folder(std::move(folder)), m_file(std::move(file)), m_made_root(made_root) {}

  Folder m_folder;
  FileDescriptor m_file;
  bool m_made_root;
  bool m_is_signed = false;
};

}  // namespace torchup
