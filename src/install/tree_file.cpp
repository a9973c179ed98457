#include "src/install/tree_file.hpp"

#include "torchup/system/hash.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <fcntl.h>
#include <sys/stat.h>
#include <system_error>
#include <vector>

namespace torchup {
namespace {

constexpr std::uint64_t k_hash_buffer = 1 << 20;

bool later(const std::timespec& a, const std::timespec& b) { return a.tv_sec != b.tv_sec ? a.tv_sec > b.tv_sec : a.tv_nsec > b.tv_nsec; }

Result<Sha256> hash_of(const FileDescriptor& file, std::uint64_t size) {
  std::vector<std::byte> buffer(static_cast<std::size_t>(std::min(size, k_hash_buffer)) + 1);
  Sha256Stream stream;
  for (std::uint64_t at = 0;;) {
    TORCHUP_TRY_ASSIGN(const std::size_t read, file.read_at(at, buffer));
    stream.update(std::span(buffer).first(read));
    at += read;
    if (read < buffer.size()) return stream.finish();
  }
}

}  // namespace

Result<OpenTree> OpenTree::open(const VerifiedArtifact& artifact) {
  TORCHUP_TRY_ASSIGN(Folder folder, Folder::open(artifact.tree(), ErrorKind::install));
  struct stat tree, manifest;
  if (::fstat(folder.number(), &tree) != 0) return failure(system_error(ErrorKind::install, "read", artifact.tree(), errno));
  // The store writes the manifest after the last byte of the tree: a file with a later time was written to since.
  std::optional<std::timespec> published;
  if (::fstatat(folder.number(), "../manifest", &manifest, AT_SYMLINK_NOFOLLOW) == 0) published = manifest.st_mtim;
  return OpenTree(std::move(folder), artifact.manifest().wheel, published, tree.st_dev);
}

Error OpenTree::damaged(const TreeFile& file, const std::string& how) const {
  return {ErrorKind::integrity,
          fmt::format("`{}` of `{}` in the store is not what was verified: {}", file.path, m_wheel, how),
          {},
          {"something wrote to the store; run `torchup cache verify`, then install again without `--offline`"}};
}

/// Whether size and time of change say that nobody wrote to it; where the time leaves doubt, its content must tell.
Result<bool> OpenTree::is_untouched(const TreeFile& file, const struct stat& status) const {
  if (!S_ISREG(status.st_mode)) return failure(damaged(file, "it is no regular file"));
  if (static_cast<std::uint64_t>(status.st_size) != file.size) {
    return failure(damaged(file, fmt::format("it has {} bytes, expected {}", status.st_size, file.size)));
  }
  return m_published && !later(status.st_mtim, *m_published);
}

Status OpenTree::check_content(const TreeFile& file, const FileDescriptor& opened) const {
  const Result<Sha256> found = hash_of(opened, file.size);
  if (!found) return failure(damaged(file, found.error().message));
  return check_digest(file, *found);
}

Status OpenTree::check_digest(const TreeFile& file, const Sha256& found) const {
  if (found == file.sha256) return {};
  return failure(damaged(file, fmt::format("sha256 is `{}`, expected `{}`", found.hex(), file.sha256.hex())));
}

Status OpenTree::check_whole(const TreeFile& file) const {
  TORCHUP_TRY_ASSIGN(const FileDescriptor opened, open_file(file));
  return check_content(file, opened);
}

Result<FileDescriptor> OpenTree::open_file(const TreeFile& file) const {
  Result<FileDescriptor> opened = m_folder.directory().open_below(file.path, O_RDONLY | O_NONBLOCK);
  if (!opened) return failure(damaged(file, opened.error().message));
  struct stat status;
  if (::fstat(opened->number(), &status) != 0) return failure(damaged(file, "its size cannot be read"));
  TORCHUP_TRY_ASSIGN(const bool untouched, is_untouched(file, status));
  if (!untouched) TORCHUP_TRY(check_content(file, *opened));
  return opened;
}

Result<unsigned> OpenTree::check_file(const TreeFile& file) const {
  struct stat status;
  if (::fstatat(m_folder.number(), file.path.c_str(), &status, AT_SYMLINK_NOFOLLOW) != 0) {
    return failure(damaged(file, std::generic_category().message(errno)));
  }
  TORCHUP_TRY_ASSIGN(const bool untouched, is_untouched(file, status));
  if (!untouched) TORCHUP_TRY(open_file(file));
  return status.st_mode;
}

Status OpenTree::read_into(const TreeFile& file, std::span<std::byte> into) const {
  TORCHUP_TRY_ASSIGN(const FileDescriptor descriptor, open_file(file));
  TORCHUP_TRY_ASSIGN(const std::size_t size, as_kind(ErrorKind::install, descriptor.read_at(0, into)));
  if (size != into.size()) return failure(damaged(file, "it ended early"));
  return {};
}

Result<std::string> OpenTree::read(const TreeFile& file, std::uint64_t limit) const {
  std::string content(static_cast<std::size_t>(std::min(limit, file.size)), '\0');
  TORCHUP_TRY(read_into(file, std::as_writable_bytes(std::span(content))));
  return content;
}

}  // namespace torchup
