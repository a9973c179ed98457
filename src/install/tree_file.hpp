#pragma once
// A file of the store on its way into an environment: opened, and shown to be still what was verified. The blueprint
// reads the few whose content matters, placing copies or links all.

#include "torchup/install/verified_artifact.hpp"

#include "src/install/folder.hpp"

#include <cstddef>
#include <cstdint>
#include <ctime>
#include <optional>
#include <span>
#include <string>
#include <sys/stat.h>

namespace torchup {

/// A verified tree held open, and when the store published it.
class OpenTree {
 public:
  static Result<OpenTree> open(const VerifiedArtifact& artifact);

  /// Opens one file. Size and time of change tell whether it was touched since it was published; where the time leaves
  /// doubt its hash decides. ErrorKind::integrity where it is not what was verified.
  Result<FileDescriptor> open_file(const TreeFile& file) const;

  /// The same check without opening the file, where it need not be read. Gives its mode.
  Result<unsigned> check_file(const TreeFile& file) const;

  /// The same, with its hash whatever its time says.
  Status check_whole(const TreeFile& file) const;

  /// What somebody has read of the file, by its hash: ErrorKind::integrity where it is not what was verified.
  Status check_digest(const TreeFile& file, const Sha256& found) const;

  /// All of it; `into` has its size. ErrorKind::integrity where it ends early.
  Status read_into(const TreeFile& file, std::span<std::byte> into) const;

  /// At most `limit` bytes from its start.
  Result<std::string> read(const TreeFile& file, std::uint64_t limit) const;

  const Folder& folder() const { return m_folder; }
  std::uint64_t device() const { return m_device; }

 private:
  OpenTree(Folder folder, std::string wheel, std::optional<std::timespec> published, std::uint64_t device)
      : m_folder(std::move(folder)), m_wheel(std::move(wheel)), m_published(published), m_device(device) {}
  Error damaged(const TreeFile& file, const std::string& how) const;
  Result<bool> is_untouched(const TreeFile& file, const struct stat& status) const;
  Status check_content(const TreeFile& file, const FileDescriptor& opened) const;

  Folder m_folder;
  std::string m_wheel;
  std::optional<std::timespec> m_published;
  std::uint64_t m_device;
};

}  // namespace torchup
