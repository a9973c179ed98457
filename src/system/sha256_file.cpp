#include "torchup/system/file_descriptor.hpp"
#include "torchup/system/hash.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <optional>
#include <system_error>
#include <utility>

namespace torchup {
namespace {

constexpr std::size_t k_piece = 256 << 10;  // three of them are still in the processor's cache when they are hashed

tl::unexpected<Error> cannot_read(const std::filesystem::path& path, int error) {
  return failure({ErrorKind::host, fmt::format("cannot read `{}`: {}", path.string(), std::strerror(error)), {}, {}});
}

/// One of the files, open, with the piece that was read of it last.
class HashedFile {
 public:
  static Result<HashedFile> open(const std::filesystem::path& path) {
    // A directory opens for reading too and fails only later, with a message about reading; a FIFO would wait for ever.
    std::error_code problem;
    const auto status = std::filesystem::status(path, problem);
    if (status.type() == std::filesystem::file_type::not_found) return cannot_read(path, ENOENT);
    if (problem) return cannot_read(path, problem.value());
    if (!std::filesystem::is_regular_file(status)) {
      return failure({ErrorKind::host, fmt::format("cannot read `{}`: it is not a regular file", path.string()), {}, {}});
    }
    TORCHUP_TRY_ASSIGN(FileDescriptor file, FileDescriptor::open(path, O_RDONLY));
    return HashedFile(std::move(file));
  }

  /// False at the end.
  Result<bool> read() {
    m_piece.resize(k_piece);
    TORCHUP_TRY_ASSIGN(const std::size_t size, m_file.read_at(m_read, m_piece));
    m_piece.resize(size);
    m_read += size;
    return size > 0;
  }

  Sha256Stream::Piece piece() { return {&m_hash, m_piece}; }
  Sha256 digest() { return m_hash.finish(); }

 private:
  explicit HashedFile(FileDescriptor file) : m_file(std::move(file)) {}

  FileDescriptor m_file;
  Sha256Stream m_hash;
  std::vector<std::byte> m_piece;
  std::uint64_t m_read = 0;
};

/// Reads on; a digest or a failure where that was the last of it.
std::optional<Result<Sha256>> advance(HashedFile& file) {
  const Result<bool> has_more = file.read();
  if (!has_more) return failure(has_more.error());
  if (*has_more) return std::nullopt;
  return file.digest();
}

}  // namespace

std::vector<Result<Sha256>> sha256_files(std::span<const std::filesystem::path> paths) {
  std::vector<Result<HashedFile>> files;
  for (const std::filesystem::path& path : paths) files.push_back(HashedFile::open(path));
  std::vector<std::optional<Result<Sha256>>> digests(paths.size());
  while (true) {
    std::vector<Sha256Stream::Piece> pieces;
    for (std::size_t i = 0; i < files.size(); ++i) {
      if (digests[i]) continue;
      digests[i] = files[i] ? advance(*files[i]) : failure(files[i].error());
      if (!digests[i]) pieces.push_back(files[i]->piece());
    }
    if (pieces.empty()) break;
    Sha256Stream::update_side_by_side(pieces);
  }
  std::vector<Result<Sha256>> all;
  for (std::optional<Result<Sha256>>& digest : digests) all.push_back(*std::move(digest));
  return all;
}

Result<Sha256> sha256_file(const std::filesystem::path& path) { return std::move(sha256_files({&path, 1}).front()); }

}  // namespace torchup
