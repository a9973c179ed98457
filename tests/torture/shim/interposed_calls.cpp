// The calls of the C library that change files, each counted and then made; loaded before the library itself (LD_PRELOAD).
// tests/torture/shim_check.py compares with strace, which sees every call that the kernel gets, that none is missing here.

#include "counted_calls.hpp"

#include <cerrno>
#include <cstdarg>
#include <cstdio>
#include <cstring>
#include <dlfcn.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

using torture::Effect;
using torture::skips_sync;
using torture::strikes;
using torture::strikes_file;
using torture::strikes_write;

namespace {

int call(long number, auto... arguments) { return static_cast<int>(::syscall(number, arguments...)); }

bool changes(int flags) { return (flags & (O_CREAT | O_TRUNC)) != 0; }

int open_counted(int folder, const char* path, int flags, mode_t mode) {
  if (strikes(changes(flags) ? Effect::changes : Effect::reads, "open", path)) return -1;
  return call(SYS_openat, folder, path, flags, mode);
}

mode_t mode_of(int flags, va_list rest) { return (flags & (O_CREAT | O_TMPFILE)) != 0 ? va_arg(rest, mode_t) : 0; }

}  // namespace

extern "C" {

// The flags decide whether a mode follows.
#define TORTURE_OPEN(name)                            \
  int name(const char* path, int flags, ...) {        \
    va_list rest;                                     \
    va_start(rest, flags);                            \
    const mode_t mode = mode_of(flags, rest);         \
    va_end(rest);                                     \
    return open_counted(AT_FDCWD, path, flags, mode); \
  }
#define TORTURE_OPENAT(name)                               \
  int name(int folder, const char* path, int flags, ...) { \
    va_list rest;                                          \
    va_start(rest, flags);                                 \
    const mode_t mode = mode_of(flags, rest);              \
    va_end(rest);                                          \
    return open_counted(folder, path, flags, mode);        \
  }
TORTURE_OPEN(open)
TORTURE_OPEN(open64)
TORTURE_OPENAT(openat)
TORTURE_OPENAT(openat64)

int creat(const char* path, mode_t mode) { return open_counted(AT_FDCWD, path, O_CREAT | O_WRONLY | O_TRUNC, mode); }

FILE* fopen(const char* path, const char* mode) {
  static auto* const real = reinterpret_cast<FILE* (*)(const char*, const char*)>(::dlsym(RTLD_NEXT, "fopen"));
  return strikes(mode[0] == 'r' ? Effect::reads : Effect::changes, "open", path) ? nullptr : real(path, mode);
}

FILE* fopen64(const char* path, const char* mode) { return fopen(path, mode); }

ssize_t read(int file, void* bytes, size_t size) {
  return strikes_file(Effect::reads, "read", file) ? -1 : ::syscall(SYS_read, file, bytes, size);
}

ssize_t pread(int file, void* bytes, size_t size, off_t at) {
  return strikes_file(Effect::reads, "read", file) ? -1 : ::syscall(SYS_pread64, file, bytes, size, at);
}

ssize_t pread64(int file, void* bytes, size_t size, off64_t at) { return pread(file, bytes, size, at); }

ssize_t write(int file, const void* bytes, size_t size) {
  return strikes_write("write", file, bytes, size, -1) ? -1 : ::syscall(SYS_write, file, bytes, size);
}

ssize_t pwrite(int file, const void* bytes, size_t size, off_t at) {
  return strikes_write("write", file, bytes, size, at) ? -1 : ::syscall(SYS_pwrite64, file, bytes, size, at);
}

ssize_t pwrite64(int file, const void* bytes, size_t size, off64_t at) { return pwrite(file, bytes, size, at); }

ssize_t writev(int file, const iovec* parts, int count) {
  return strikes_file(Effect::changes, "write", file) ? -1 : ::syscall(SYS_writev, file, parts, count);
}

ssize_t pwritev(int file, const iovec* parts, int count, off_t at) {
  return strikes_file(Effect::changes, "write", file) ? -1 : ::syscall(SYS_pwritev, file, parts, count, at, 0);
}

ssize_t sendfile(int to, int from, off_t* at, size_t size) noexcept {
  return strikes_file(Effect::changes, "write", to) ? -1 : ::syscall(SYS_sendfile, to, from, at, size);
}

ssize_t copy_file_range(int from, off64_t* from_at, int to, off64_t* to_at, size_t size, unsigned flags) {
  return strikes_file(Effect::changes, "write", to) ? -1 : ::syscall(SYS_copy_file_range, from, from_at, to, to_at, size, flags);
}

int ftruncate(int file, off_t size) noexcept {
  return strikes_file(Effect::changes, "truncate", file) ? -1 : call(SYS_ftruncate, file, size);
}

int ftruncate64(int file, off64_t size) noexcept { return ftruncate(file, size); }

int truncate(const char* path, off_t size) noexcept {
  return strikes(Effect::changes, "truncate", path) ? -1 : call(SYS_truncate, path, size);
}

int fallocate(int file, int mode, off_t at, off_t size) {
  return strikes_file(Effect::changes, "fallocate", file) ? -1 : call(SYS_fallocate, file, mode, at, size);
}

int fallocate64(int file, int mode, off64_t at, off64_t size) { return fallocate(file, mode, at, size); }

int posix_fallocate(int file, off_t at, off_t size) { return fallocate(file, 0, at, size) == 0 ? 0 : errno; }

int posix_fallocate64(int file, off64_t at, off64_t size) { return posix_fallocate(file, at, size); }

int close(int file) {
  const bool fails = strikes_file(Effect::reads, "close", file);  // Linux frees the number all the same
  const int code = errno;
  const int result = call(SYS_close, file);
  if (fails) errno = code;
  return fails ? -1 : result;
}

int rename(const char* from, const char* to) noexcept {
  return strikes(Effect::changes, "rename", to) ? -1 : call(SYS_renameat2, AT_FDCWD, from, AT_FDCWD, to, 0);
}

int renameat(int from_folder, const char* from, int to_folder, const char* to) noexcept {
  return strikes(Effect::changes, "rename", to) ? -1 : call(SYS_renameat2, from_folder, from, to_folder, to, 0);
}

int renameat2(int from_folder, const char* from, int to_folder, const char* to, unsigned flags) noexcept {
  return strikes(Effect::changes, "rename", to) ? -1 : call(SYS_renameat2, from_folder, from, to_folder, to, flags);
}

int link(const char* from, const char* to) noexcept {
  return strikes(Effect::changes, "link", to) ? -1 : call(SYS_linkat, AT_FDCWD, from, AT_FDCWD, to, 0);
}

int linkat(int from_folder, const char* from, int to_folder, const char* to, int flags) noexcept {
  return strikes(Effect::changes, "link", to) ? -1 : call(SYS_linkat, from_folder, from, to_folder, to, flags);
}

int symlink(const char* target, const char* path) noexcept {
  return strikes(Effect::changes, "symlink", path) ? -1 : call(SYS_symlinkat, target, AT_FDCWD, path);
}

int symlinkat(const char* target, int folder, const char* path) noexcept {
  return strikes(Effect::changes, "symlink", path) ? -1 : call(SYS_symlinkat, target, folder, path);
}

int unlinkat(int folder, const char* path, int flags) noexcept {
  return strikes(Effect::changes, "unlink", path) ? -1 : call(SYS_unlinkat, folder, path, flags);
}

int unlink(const char* path) noexcept { return unlinkat(AT_FDCWD, path, 0); }

int rmdir(const char* path) noexcept { return unlinkat(AT_FDCWD, path, AT_REMOVEDIR); }

int remove(const char* path) noexcept {
  const int result = unlinkat(AT_FDCWD, path, 0);
  return result == 0 || (errno != EISDIR && errno != EPERM) ? result : unlinkat(AT_FDCWD, path, AT_REMOVEDIR);
}

int mkdirat(int folder, const char* path, mode_t mode) noexcept {
  return strikes(Effect::changes, "mkdir", path) ? -1 : call(SYS_mkdirat, folder, path, mode);
}

int mkdir(const char* path, mode_t mode) noexcept { return mkdirat(AT_FDCWD, path, mode); }

/// The C library's makes its folder without a call of `mkdir` that could be seen.
char* mkdtemp(char* pattern) noexcept {
  char* const letters = pattern + std::strlen(pattern) - 6;
  for (unsigned number = static_cast<unsigned>(::getpid());; ++number) {
    for (unsigned place = 0, rest = number; place < 6; ++place, rest /= 10) letters[place] = static_cast<char>('0' + rest % 10);
    if (mkdir(pattern, 0700) == 0) return pattern;
    if (errno != EEXIST) return nullptr;
  }
}

int fchmod(int file, mode_t mode) noexcept { return strikes_file(Effect::changes, "chmod", file) ? -1 : call(SYS_fchmod, file, mode); }

int fchmodat(int folder, const char* path, mode_t mode, int) noexcept {
  return strikes(Effect::changes, "chmod", path) ? -1 : call(SYS_fchmodat, folder, path, mode);
}

int chmod(const char* path, mode_t mode) noexcept { return fchmodat(AT_FDCWD, path, mode, 0); }

int utimensat(int folder, const char* path, const timespec* times, int flags) noexcept {
  return strikes(Effect::changes, "utimens", path) ? -1 : call(SYS_utimensat, folder, path, times, flags);
}

int futimens(int file, const timespec* times) noexcept {
  return strikes_file(Effect::changes, "utimens", file) ? -1 : call(SYS_utimensat, file, nullptr, times, 0);
}

int fsync(int file) {
  if (skips_sync()) return 0;
  return strikes_file(Effect::changes, "fsync", file) ? -1 : call(SYS_fsync, file);
}

int fdatasync(int file) {
  if (skips_sync()) return 0;
  return strikes_file(Effect::changes, "fsync", file) ? -1 : call(SYS_fdatasync, file);
}

int syncfs(int file) noexcept {
  if (skips_sync()) return 0;
  return strikes_file(Effect::changes, "fsync", file) ? -1 : call(SYS_syncfs, file);
}

int sync_file_range(int file, off64_t at, off64_t size, unsigned flags) {
  if (skips_sync()) return 0;
  return strikes_file(Effect::changes, "fsync", file) ? -1 : call(SYS_sync_file_range, file, at, size, flags);
}

int flock(int file, int operation) noexcept { return strikes_file(Effect::reads, "flock", file) ? -1 : call(SYS_flock, file, operation); }

int ioctl(int file, unsigned long request, ...) noexcept {
  va_list rest;
  va_start(rest, request);
  void* const argument = va_arg(rest, void*);
  va_end(rest);
  if (request == FICLONE && strikes_file(Effect::changes, "clone", file)) return -1;
  return call(SYS_ioctl, file, request, argument);
}

}  // extern "C"
