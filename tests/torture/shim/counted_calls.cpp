#include "counted_calls.hpp"

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <fcntl.h>
#include <string>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

// Everything here goes to the kernel by `syscall`, or it would count itself.

namespace torture {
namespace {

constexpr int k_kill = -1, k_cut = -2, k_interrupt = -3;
constexpr unsigned long k_shut_down = 0x8004587D;   // EXT4_IOC_SHUTDOWN
constexpr unsigned k_without_flushing_the_log = 2;  // EXT4_GOING_FLAGS_NOLOGFLUSH

std::string link_text(const char* link) {
  std::array<char, 4096> text;
  const long size = ::syscall(SYS_readlinkat, AT_FDCWD, link, text.data(), text.size());
  return size < 0 ? std::string() : std::string(text.data(), static_cast<std::size_t>(size));
}

std::string variable(const char* name) {
  const char* text = std::getenv(name);
  return text ? text : "";
}

int action_of(const std::string& text) {
  if (text == "kill") return k_kill;
  if (text == "cut") return k_cut;
  return text == "interrupt" ? k_interrupt : std::atoi(text.c_str());
}

struct Orders {
  bool active = link_text("/proc/self/exe") == variable("TORTURE_PROGRAM");
  bool reads_too = variable("TORTURE_SCOPE") == "all";
  bool from_on = variable("TORTURE_FROM_ON") == "1";
  bool no_sync = active && variable("TORTURE_NO_SYNC") == "1";
  long at = std::atol(variable("TORTURE_AT").c_str());
  int action = action_of(variable("TORTURE_ACTION"));
  std::string disk = variable("TORTURE_DISK");
  long pause = std::atol(variable("TORTURE_PAUSE").c_str());
  std::string log = variable("TORTURE_LOG");
  std::atomic<long> count = 0;
};

/// Made at the first call and never destroyed: calls come before `main` and after it.
Orders& orders() {
  static Orders* const made = new Orders;
  return *made;
}

void note(std::string_view call, const char* about) {
  std::array<char, 4400> line;
  const int size = std::snprintf(line.data(), line.size(), "%.*s %s\n", static_cast<int>(call.size()), call.data(), about ? about : "");
  const long log = ::syscall(SYS_openat, AT_FDCWD, orders().log.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  if (log < 0) return;
  ::syscall(SYS_write, log, line.data(), std::min(static_cast<std::size_t>(std::max(size, 0)), line.size() - 1));
  ::syscall(SYS_close, log);
}

void cut() {
  const timespec pause = {orders().pause / 1000, orders().pause % 1000 * 1'000'000};
  ::syscall(SYS_nanosleep, &pause, nullptr);
  const long disk = ::syscall(SYS_openat, AT_FDCWD, orders().disk.c_str(), O_RDONLY | O_CLOEXEC);
  ::syscall(SYS_ioctl, disk, k_shut_down, &k_without_flushing_the_log);
}

void die() {
  if (orders().action == k_cut) cut();
  ::syscall(SYS_kill, ::syscall(SYS_getpid), SIGKILL);
  for (;;) ::syscall(SYS_sched_yield);
}

enum class Verdict { pass, fail, die };

Verdict judge(Effect effect, std::string_view call, const char* about) {
  Orders& told = orders();
  if (!told.active || (effect == Effect::reads && !told.reads_too)) return Verdict::pass;
  const int kept = errno;
  const long number = ++told.count;
  if (!told.log.empty()) note(call, about);
  errno = kept;
  if (told.at == 0 || (told.from_on ? number < told.at : number != told.at)) return Verdict::pass;
  if (told.action == k_interrupt) {
    ::syscall(SYS_kill, ::syscall(SYS_getpid), SIGINT);
    return Verdict::pass;
  }
  if (told.action < 0) return Verdict::die;
  errno = told.action;
  return Verdict::fail;
}

/// The path of an open file or folder; empty for anything else, such as a pipe or a terminal.
std::string file_path(int file) {
  struct stat status = {};
  if (::syscall(SYS_newfstatat, file, "", &status, AT_EMPTY_PATH) != 0) return {};
  if (!S_ISREG(status.st_mode) && !S_ISDIR(status.st_mode)) return {};
  std::array<char, 64> link;
  std::snprintf(link.data(), link.size(), "/proc/self/fd/%d", file);
  return link_text(link.data());
}

Verdict judge_file(Effect effect, std::string_view call, int file) {
  const int kept = errno;
  const std::string path = orders().active ? file_path(file) : std::string();
  errno = kept;
  return path.empty() ? Verdict::pass : judge(effect, call, path.c_str());
}

}  // namespace

bool strikes(Effect effect, std::string_view call, const char* path) {
  const Verdict verdict = judge(effect, call, path);
  if (verdict == Verdict::die) die();
  return verdict == Verdict::fail;
}

bool strikes_file(Effect effect, std::string_view call, int file) {
  const Verdict verdict = judge_file(effect, call, file);
  if (verdict == Verdict::die) die();
  return verdict == Verdict::fail;
}

bool strikes_write(std::string_view call, int file, const void* bytes, unsigned long size, long offset) {
  const Verdict verdict = judge_file(Effect::changes, call, file);
  if (verdict == Verdict::die) {
    if (offset < 0) {
      ::syscall(SYS_write, file, bytes, size / 2);
    } else {
      ::syscall(SYS_pwrite64, file, bytes, size / 2, offset);
    }
    die();
  }
  return verdict == Verdict::fail;
}

bool skips_sync() { return orders().no_sync; }

}  // namespace torture
