#pragma once
// Who brings which wheel into a store, so that several processes that want the same one download it once. A claim is a lock
// on one byte of ROOT/.claims.lock, at a place that the wheel's digest says: nothing of it is left behind by whoever dies.
// The acquisition claims what it brings. Whoever waits for another's wheel must have no claims of its own.

#include "torchup/core/digest.hpp"
#include "torchup/core/result.hpp"
#include "torchup/system/file_descriptor.hpp"

#include <filesystem>
#include <utility>

namespace torchup {

/// Claims that end together with this object, or with the process.
class StoreClaims {
 public:
  /// A file that cannot be opened is ErrorKind::host.
  static Result<StoreClaims> open(const std::filesystem::path& root);

  /// False where others, in this process or another, have claimed the wheel. Never waits. A file system without locks keeps
  /// nobody away.
  Result<bool> claim(const Sha256& wheel) const;

 private:
  explicit StoreClaims(FileDescriptor file) : m_file(std::move(file)) {}
  FileDescriptor m_file;
};

}  // namespace torchup
