#pragma once
// An open file that closes itself, and whole reads and writes on it. For code that streams big files or must sync them:
// archive, store, fetch and verify. What goes wrong is ErrorKind::host with the path and errno's text.

#include "torchup/core/result.hpp"
#include "torchup/system/byte_source.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace torchup {

class FileDescriptor final : public ByteSource {
 public:
  FileDescriptor() = default;
  ~FileDescriptor() override;
  FileDescriptor(FileDescriptor&& other) noexcept;
  FileDescriptor& operator=(FileDescriptor&& other) noexcept;

  /// open(2) with O_CLOEXEC added; `mode` counts only with O_CREAT and is narrowed by the umask.
  static Result<FileDescriptor> open(const std::filesystem::path& path, int flags, unsigned mode = 0644);

  /// A directory relative to which `open_below` opens.
  static Result<FileDescriptor> open_directory(const std::filesystem::path& path);

  /// openat(2) of a relative path below this directory.
  Result<FileDescriptor> open_below(const std::string& relative, int flags, unsigned mode = 0644) const;

  int number() const { return m_number; }
  const std::filesystem::path& path() const override { return m_path; }  ///< As opened, for messages.

  Result<std::uint64_t> size() const override;

  /// Fills `into` from the offset; less than asked for only at the file's end. Gives the bytes read.
  Result<std::size_t> read_at(std::uint64_t offset, std::span<std::byte> into) const override;

  /// Writes all at the file's position.
  Status write(std::span<const std::byte> bytes) const;

  /// Writes all at the offset, whatever the file's position.
  Status write_at(std::uint64_t offset, std::span<const std::byte> bytes) const;

  /// Whether reads and writes go past the page cache from now on (O_DIRECT): offset, size and memory of each are then
  /// multiples of `k_direct_alignment`. False where the file system has no such way, and nothing has changed.
  bool set_direct(bool direct) const;

  /// The same file opened once more, for direct writing. Nothing where the file system has no such way.
  std::optional<FileDescriptor> reopen_direct() const;

  /// flock(2) for itself alone: false where another open file has the lock. It ends with this object.
  Result<bool> try_lock() const;

  /// Whether the path still names this file, and not one that took its place.
  bool is_still_at(const std::filesystem::path& path) const;

  Status truncate(std::uint64_t size) const;
  /// Begins to bring what was written to the disk and returns at once, so that a later sync waits for less. Only a hint.
  void start_writeback() const;

  Status set_mode(unsigned mode) const;  ///< Exactly this mode, whatever the umask.
  Status set_modified(std::chrono::sys_seconds time) const;
  Status sync() const;                   ///< fsync: data and metadata, or a directory's entries.
  Status sync_file_system() const;       ///< syncfs: all that was written to this file system so far.

  /// Closes now and says whether the last write had failed after all.
  Status close();

 private:
  FileDescriptor(int number, std::filesystem::path path);
  int m_number = -1;
  std::filesystem::path m_path;
};

/// "cannot `verb` `path`: errno's text", for a call that has just failed.
Error host_error(std::string_view verb, const std::filesystem::path& path, int error_number);

/// A whole file of at most `limit` bytes; a longer one is an error as well.
Result<std::string> read_whole_file(const std::filesystem::path& path, std::uint64_t limit);

/// The same; nothing where there is no such file, which is another thing than one that cannot be read just now.
Result<std::optional<std::string>> read_file_if_there(const std::filesystem::path& path, std::uint64_t limit);

enum class Durable { no, yes };

/// Puts a file of this content at the path in one step, over what is there: a reader, and a crash, sees the old or the new one
/// whole. Makes the folder. Durable also brings the content to the disk before it takes the path.
Status replace_file(const std::filesystem::path& path, std::string_view content, Durable durable);

}  // namespace torchup
