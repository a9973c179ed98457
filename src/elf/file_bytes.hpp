#pragma once
// A regular file read at any place in small pieces. Used by the ELF reader only.

#include "torchup/core/result.hpp"

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <filesystem>
#include <string>
#include <vector>

namespace torchup {

class FileBytes {
 public:
  /// ErrorKind::host where it cannot be opened or is no regular file.
  static Result<FileBytes> open(const std::filesystem::path& path);

  FileBytes(FileBytes&& other) noexcept;
  FileBytes& operator=(FileBytes&&) = delete;
  ~FileBytes();

  std::uint64_t size() const { return m_size; }

  /// Exactly `count` bytes; ErrorKind::integrity where the file does not hold them.
  Result<std::vector<char>> read(std::uint64_t offset, std::size_t count) const;

  /// The zero-terminated text at a place, at most 4096 bytes; longer or cut off is ErrorKind::integrity.
  Result<std::string> read_text(std::uint64_t offset) const;

  tl::unexpected<Error> malformed(std::string what) const;

 private:
  FileBytes(std::filesystem::path path, int descriptor, std::uint64_t size);

  std::filesystem::path m_path;
  int m_descriptor;
  std::uint64_t m_size;
};

/// A plain structure out of bytes; the caller has checked that they reach.
template <class T>
T load(const std::vector<char>& bytes, std::size_t offset) {
  T value;
  std::memcpy(&value, bytes.data() + offset, sizeof(T));
  return value;
}

}  // namespace torchup
