#include "torchup/system/file_descriptor.hpp"

#include <fmt/format.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>
#include <utility>

namespace torchup {
namespace {

/// Repeats a call that a signal interrupted.
template <class Call>
auto uninterrupted(Call call) {
  auto result = call();
  while (result < 0 && errno == EINTR) result = call();
  return result;
}

Status status_of(int result, std::string_view verb, const std::filesystem::path& path) {
  if (result != 0) return failure(host_error(verb, path, errno));
  return {};
}

}  // namespace

Error host_error(std::string_view verb, const std::filesystem::path& path, int error_number) {
  const std::string reason = std::generic_category().message(error_number);
  Error error{ErrorKind::host, fmt::format("cannot {} `{}`: {}", verb, path.string(), reason), {}, {}};
  if (error_number == ENOSPC || error_number == EDQUOT) error.hints.emplace_back("free some space there, or choose another place");
  return error;
}

FileDescriptor::FileDescriptor(int number, std::filesystem::path path) : m_number(number), m_path(std::move(path)) {}

FileDescriptor::~FileDescriptor() {
  if (m_number >= 0) ::close(m_number);
}

FileDescriptor::FileDescriptor(FileDescriptor&& other) noexcept
    : m_number(std::exchange(other.m_number, -1)), m_path(std::move(other.m_path)) {}

FileDescriptor& FileDescriptor::operator=(FileDescriptor&& other) noexcept {
  std::swap(m_number, other.m_number);
  std::swap(m_path, other.m_path);
  return *this;
}

Result<FileDescriptor> FileDescriptor::open(const std::filesystem::path& path, int flags, unsigned mode) {
  const int number = uninterrupted([&] { return ::open(path.c_str(), flags | O_CLOEXEC, static_cast<mode_t>(mode)); });
  if (number < 0) return failure(host_error("open", path, errno));
  return FileDescriptor(number, path);
}

Result<FileDescriptor> FileDescriptor::open_directory(const std::filesystem::path& path) {
  return open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
}

Result<FileDescriptor> FileDescriptor::open_below(const std::string& relative, int flags, unsigned mode) const {
  const int number =
      uninterrupted([&] { return ::openat(m_number, relative.c_str(), flags | O_CLOEXEC | O_NOFOLLOW, static_cast<mode_t>(mode)); });
  if (number < 0) return failure(host_error("open", m_path / relative, errno));
  return FileDescriptor(number, m_path / relative);
}

Result<std::uint64_t> FileDescriptor::size() const {
  struct stat status = {};
  if (::fstat(m_number, &status) != 0) return failure(host_error("read the size of", m_path, errno));
  return static_cast<std::uint64_t>(status.st_size);
}

Result<std::size_t> FileDescriptor::read_at(std::uint64_t offset, std::span<std::byte> into) const {
  std::size_t filled = 0;
  while (filled < into.size()) {
    const auto read =
        uninterrupted([&] { return ::pread(m_number, into.data() + filled, into.size() - filled, static_cast<off_t>(offset + filled)); });
    if (read < 0) return failure(host_error("read", m_path, errno));
    if (read == 0) break;
    filled += static_cast<std::size_t>(read);
  }
  return filled;
}

Status FileDescriptor::write(std::span<const std::byte> bytes) const {
  while (!bytes.empty()) {
    const auto written = uninterrupted([&] { return ::write(m_number, bytes.data(), bytes.size()); });
    if (written < 0) return failure(host_error("write", m_path, errno));
    bytes = bytes.subspan(static_cast<std::size_t>(written));
  }
  return {};
}

Status FileDescriptor::write_at(std::uint64_t offset, std::span<const std::byte> bytes) const {
  while (!bytes.empty()) {
    const auto written = uninterrupted([&] { return ::pwrite(m_number, bytes.data(), bytes.size(), static_cast<off_t>(offset)); });
    if (written < 0) return failure(host_error("write", m_path, errno));
    bytes = bytes.subspan(static_cast<std::size_t>(written));
    offset += static_cast<std::uint64_t>(written);
  }
  return {};
}

bool FileDescriptor::set_direct(bool direct) const {
  const int flags = ::fcntl(m_number, F_GETFL);
  return flags >= 0 && ::fcntl(m_number, F_SETFL, direct ? flags | O_DIRECT : flags & ~O_DIRECT) == 0;
}

std::optional<FileDescriptor> FileDescriptor::reopen_direct() const {
  const std::string mine = fmt::format("/proc/self/fd/{}", m_number);
  const int number = uninterrupted([&] { return ::open(mine.c_str(), O_WRONLY | O_DIRECT | O_CLOEXEC); });
  if (number < 0) return std::nullopt;
  return FileDescriptor(number, m_path);
}

Result<bool> FileDescriptor::try_lock() const {
  if (uninterrupted([&] { return ::flock(m_number, LOCK_EX | LOCK_NB); }) == 0) return true;
  if (errno == EWOULDBLOCK) return false;
  return failure(host_error("lock", m_path, errno));
}

bool FileDescriptor::is_still_at(const std::filesystem::path& path) const {
  struct stat mine = {};
  struct stat there = {};
  return ::fstat(m_number, &mine) == 0 && ::lstat(path.c_str(), &there) == 0 && mine.st_dev == there.st_dev && mine.st_ino == there.st_ino;
}

Status FileDescriptor::truncate(std::uint64_t size) const {
  return status_of(uninterrupted([&] { return ::ftruncate(m_number, static_cast<off_t>(size)); }), "truncate", m_path);
}

void FileDescriptor::start_writeback() const { ::sync_file_range(m_number, 0, 0, SYNC_FILE_RANGE_WRITE); }

Status FileDescriptor::set_mode(unsigned mode) const {
  return status_of(::fchmod(m_number, static_cast<mode_t>(mode)), "set the mode of", m_path);
}

Status FileDescriptor::set_modified(std::chrono::sys_seconds time) const {
  const std::array<timespec, 2> times = {timespec{0, UTIME_OMIT}, timespec{time.time_since_epoch().count(), 0}};
  return status_of(::futimens(m_number, times.data()), "set the time of", m_path);
}

Status FileDescriptor::sync() const {
  return status_of(uninterrupted([&] { return ::fsync(m_number); }), "sync", m_path);
}

Status FileDescriptor::sync_file_system() const { return status_of(::syncfs(m_number), "sync the file system of", m_path); }

Status FileDescriptor::close() {
  // Linux frees the number even where close fails: it is never repeated.
  return status_of(::close(std::exchange(m_number, -1)), "close", m_path);
}

Result<std::string> read_whole_file(const std::filesystem::path& path, std::uint64_t limit) {
  TORCHUP_TRY_ASSIGN(const FileDescriptor file, FileDescriptor::open(path, O_RDONLY));
  TORCHUP_TRY_ASSIGN(const std::uint64_t size, file.size());
  if (size > limit) return failure({ErrorKind::host, fmt::format("`{}` has {} bytes, above {}", path.string(), size, limit), {}, {}});
  std::string content(static_cast<std::size_t>(size), '\0');
  TORCHUP_TRY_ASSIGN(const std::size_t read, file.read_at(0, std::as_writable_bytes(std::span(content))));
  content.resize(read);
  return content;
}

Result<std::optional<std::string>> read_file_if_there(const std::filesystem::path& path, std::uint64_t limit) {
  struct stat status;
  if (::stat(path.c_str(), &status) != 0) {
    if (errno == ENOENT || errno == ENOTDIR) return std::nullopt;
    return failure(host_error("read", path, errno));
  }
  TORCHUP_TRY_ASSIGN(std::string text, read_whole_file(path, limit));
  return text;
}

Status replace_file(const std::filesystem::path& path, std::string_view content, Durable durable) {
  static std::atomic<unsigned> number = 0;  // with the process id: a name that nobody else writes
  const auto folder = path.has_parent_path() ? path.parent_path() : std::filesystem::path(".");
  std::error_code problem;
  std::filesystem::create_directories(folder, problem);
  if (problem) return failure(host_error("make the folder", folder, problem.value()));
  const auto temporary = folder / fmt::format(".{}.{}.{}", path.filename().string(), ::getpid(), number++);
  const auto fill = [&]() -> Status {
    TORCHUP_TRY_ASSIGN(FileDescriptor file, FileDescriptor::open(temporary, O_WRONLY | O_CREAT | O_EXCL));
    TORCHUP_TRY(file.write(std::as_bytes(std::span(content))));
    if (durable == Durable::yes) TORCHUP_TRY(file.sync());
    return file.close();
  };
  Status replaced = fill();
  if (replaced && ::rename(temporary.c_str(), path.c_str()) != 0) replaced = failure(host_error("write", path, errno));
  if (!replaced) ::unlink(temporary.c_str());
  return replaced;
}

}  // namespace torchup
