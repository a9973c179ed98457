#include "src/store/store_claims.hpp"

#include <cerrno>
#include <fcntl.h>

namespace torchup {
namespace {

/// 62 bits of the digest: far into the file, and never near the end of what an offset can be.
off_t place_of(const Sha256& wheel) {
  std::uint64_t place = 0;
  for (std::size_t i = 0; i < sizeof place; ++i) place = place << 8 | wheel.bytes()[i];
  return static_cast<off_t>(place >> 2);
}

}  // namespace

Result<StoreClaims> StoreClaims::open(const std::filesystem::path& root) {
  TORCHUP_TRY_ASSIGN(FileDescriptor file, FileDescriptor::open(root / ".claims.lock", O_RDWR | O_CREAT | O_NOFOLLOW, 0666));
  return StoreClaims(std::move(file));
}

Result<bool> StoreClaims::claim(const Sha256& wheel) const {
  struct flock lock = {};
  lock.l_type = F_WRLCK;
  lock.l_whence = SEEK_SET;
  lock.l_start = place_of(wheel);
  lock.l_len = 1;
  // Of the open file and not of the process: two stores of one process are kept apart as well.
  while (::fcntl(m_file.number(), F_OFD_SETLK, &lock) != 0) {
    if (errno == EAGAIN || errno == EACCES) return false;
    if (errno == ENOLCK || errno == EOPNOTSUPP || errno == ENOSYS || errno == EINVAL) return true;
    if (errno != EINTR) return failure(host_error("lock", m_file.path(), errno));
  }
  return true;
}

}  // namespace torchup
