#include "src/store/store_use.hpp"

#include <fmt/format.h>

#include <cerrno>
#include <fcntl.h>
#include <sys/file.h>
#include <system_error>
#include <thread>

namespace torchup {
namespace {

namespace fs = std::filesystem;
using std::chrono::milliseconds;

constexpr milliseconds k_pause{20};

bool has_no_locks(int error_number) { return error_number == ENOLCK || error_number == EOPNOTSUPP || error_number == ENOSYS; }

enum class Attempt { locked, held_by_another, no_locks_here };

Result<Attempt> try_lock(const FileDescriptor& file, int kind) {
  while (::flock(file.number(), kind | LOCK_NB) != 0) {
    if (errno == EWOULDBLOCK) return Attempt::held_by_another;
    if (has_no_locks(errno)) return Attempt::no_locks_here;
    if (errno != EINTR) return failure(host_error("lock", file.path(), errno));
  }
  return Attempt::locked;
}

/// False where the limit passed.
Result<bool> lock_within(const FileDescriptor& file, int kind, milliseconds limit) {
  for (milliseconds waited{0};; waited += k_pause) {
    TORCHUP_TRY_ASSIGN(const Attempt attempt, try_lock(file, kind));
    if (attempt != Attempt::held_by_another) return true;
    if (waited >= limit) return false;
    std::this_thread::sleep_for(k_pause);
  }
}

Error in_use(const FileDescriptor& file, std::string_view how) {
  return {ErrorKind::host,
          fmt::format("the store `{}` is {} by another process", file.path().parent_path().string(), how),
          {},
          {"wait for it to end, then try again"}};
}

/// What stays behind counts for nothing, and is tried again by the next one.
void remove_left_behind(const fs::path& staging) {
  std::error_code ignored;
  for (fs::directory_iterator entry(staging, ignored), end; !ignored && entry != end; entry.increment(ignored)) {
    std::error_code stays;
    fs::remove_all(entry->path(), stays);
  }
}

}  // namespace

Result<StoreUse> StoreUse::begin(const fs::path& root, milliseconds limit) {
  TORCHUP_TRY_ASSIGN(FileDescriptor file, FileDescriptor::open(root / ".lock", O_RDWR | O_CREAT, 0666));
  TORCHUP_TRY_ASSIGN(const Attempt alone, try_lock(file, LOCK_EX));
  if (alone == Attempt::locked) remove_left_behind(root / "staging");
  TORCHUP_TRY_ASSIGN(const bool shared, lock_within(file, LOCK_SH, limit));
  if (!shared) return failure(in_use(file, "being cleaned"));
  return StoreUse(std::move(file));
}

Result<StoreUse> StoreUse::begin_reading(const fs::path& root, milliseconds limit) {
  auto file = FileDescriptor::open(root / ".lock", O_RDONLY | O_NOFOLLOW);
  if (!file) return StoreUse(FileDescriptor());
  TORCHUP_TRY_ASSIGN(const bool shared, lock_within(*file, LOCK_SH, limit));
  if (!shared) return failure(in_use(*file, "being cleaned"));
  return StoreUse(*std::move(file));
}

Status StoreUse::become_alone(milliseconds limit) const {
  TORCHUP_TRY_ASSIGN(const bool alone, lock_within(m_file, LOCK_EX, limit));
  if (!alone) return failure(in_use(m_file, "in use"));
  return {};
}

Status StoreUse::share() const {
  TORCHUP_TRY(lock_within(m_file, LOCK_SH, milliseconds(0)));  // granted at once: whoever is alone has it
  return {};
}

}  // namespace torchup
