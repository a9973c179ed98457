#include "src/install/environment_lock.hpp"

#include "src/install/environment_form.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <csignal>
#include <fcntl.h>
#include <span>
#include <sys/file.h>
#include <sys/stat.h>
#include <system_error>
#include <thread>
#include <unistd.h>

namespace torchup {
namespace {

constexpr std::chrono::milliseconds k_pause{20};

/// Who holds the lock: "process 4711", or "another process" where it has not signed. A number that a killed process left is
/// no holder's.
std::string holder(int file) {
  const std::string unknown = "another process";
  std::array<char, 20> buffer;
  const ssize_t size = ::pread(file, buffer.data(), buffer.size(), 0);
  std::string text(buffer.data(), size < 0 ? 0U : static_cast<std::size_t>(size));
  text.resize(std::min(text.size(), text.find_first_not_of("0123456789")));
  pid_t process = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), process);
  if (error != std::errc() || process <= 0 || (::kill(process, 0) != 0 && errno == ESRCH)) return unknown;
  return fmt::format("process {}", process);
}

/// Whether DIR/.lock is still the file that was locked: an environment that never came to be takes its own away.
bool still_there(const Folder& folder, int file) {
  struct stat held, named;
  return ::fstat(file, &held) == 0 && ::fstatat(folder.number(), k_lock_file, &named, AT_SYMLINK_NOFOLLOW) == 0 &&
         held.st_ino == named.st_ino && held.st_dev == named.st_dev;
}

Error held_by_another(const std::filesystem::path& root, const std::string& who) {
  return {ErrorKind::host,
          fmt::format("environment `{}` is being changed by {}", root.string(), who),
          {},
          {"wait for it to end, then try again"}};
}

/// Whether it had to be made.
Result<bool> make_root(const std::filesystem::path& root) {
  std::error_code code;
  std::filesystem::create_directories(root.parent_path(), code);
  if (code) return failure(system_error(ErrorKind::host, "make the folder", root.parent_path(), code.value()));
  if (::mkdir(root.c_str(), 0777) == 0) return true;
  if (errno == EEXIST) return false;
  return failure(system_error(ErrorKind::host, "make the folder", root, errno));
}

struct Opened {
  Folder folder;
  FileDescriptor file;
};

Result<Opened> open_lock_file(const std::filesystem::path& root) {
  TORCHUP_TRY_ASSIGN(Folder folder, Folder::open(root, ErrorKind::host));
  TORCHUP_TRY_ASSIGN(FileDescriptor file, folder.directory().open_below(k_lock_file, O_RDWR | O_CREAT, 0666));
  return Opened{std::move(folder), std::move(file)};
}

}  // namespace

Result<EnvironmentLock> EnvironmentLock::acquire(const std::filesystem::path& root, std::chrono::milliseconds limit,
                                                 Diagnostics& diagnostics, const Cancellation& cancellation) {
  bool told = false;
  for (std::chrono::milliseconds waited{0};;) {
    TORCHUP_TRY_ASSIGN(const bool made, make_root(root));
    TORCHUP_TRY_ASSIGN(Opened opened, open_lock_file(root));
    if (::flock(opened.file.number(), LOCK_EX | LOCK_NB) == 0) {
      if (!still_there(opened.folder, opened.file.number())) continue;  // its last holder took the folder away
      return EnvironmentLock(std::move(opened.folder), std::move(opened.file), made);
    }
    if (errno != EWOULDBLOCK && errno != EINTR) {
      Error error = system_error(ErrorKind::host, "lock", root / k_lock_file, errno);
      error.hints = {"choose a folder on a local file system with --env"};
      return failure(std::move(error));
    }
    const std::string who = holder(opened.file.number());
    if (waited >= limit) return failure(held_by_another(root, who));
    if (!told) diagnostics.warn(fmt::format("waiting for {}, which is changing environment `{}`", who, root.string()));
    told = true;
    TORCHUP_TRY(cancellation.check());
    std::this_thread::sleep_for(k_pause);
    waited += k_pause;
  }
}

Status EnvironmentLock::sign() {
  if (m_is_signed) return {};
  TORCHUP_TRY(m_file.truncate(0));
  const std::string process = std::to_string(::getpid()) + "\n";
  TORCHUP_TRY(m_file.write(std::as_bytes(std::span(process))));
  m_is_signed = true;
  return {};
}

EnvironmentLock::~EnvironmentLock() {
  if (m_file.number() >= 0 && m_is_signed) static_cast<void>(m_file.truncate(0));
  if (m_file.number() < 0 || !m_made_root || !m_folder.link_target(k_current_link).empty()) return;
  // Each of these fails, and stops the next from doing harm, where anything else has come into the folder.
  ::unlinkat(m_folder.number(), k_ignore_file, 0);
  if (::unlinkat(m_folder.number(), k_generations_folder, AT_REMOVEDIR) != 0 && errno != ENOENT) return;
  ::unlinkat(m_folder.number(), k_lock_file, 0);
  ::rmdir(m_folder.path().c_str());
}

}  // namespace torchup
