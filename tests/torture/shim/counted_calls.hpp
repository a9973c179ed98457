#pragma once
// What the shim does at a call: it counts those that change files, and at one of them it ends the process or has the call
// fail. Told by the environment, which the harnesses of tests/torture set for the one program that they look at:
//   TORTURE_PROGRAM    the path of the program; all others run untouched
//   TORTURE_AT         the number of the call, from 1; without it calls are only counted
//   TORTURE_ACTION     kill, or cut, or interrupt (as Ctrl-C does), or a number of errno
//   TORTURE_DISK       with cut: where the file system is mounted that goes down, as in a power cut, before the process does
//   TORTURE_PAUSE      with cut: milliseconds before that, in which the file system may write what it likes
//   TORTURE_FROM_ON    1: that call and every later one fails, as on a disk that stays full
//   TORTURE_SCOPE      changes, or all: opening for reading, reading and locking too
//   TORTURE_NO_SYNC    1: fsync and its like return at once and do nothing
//   TORTURE_LOG        a file that gets one line for each counted call: its name and what it was about

#include <string_view>

namespace torture {

/// Calls that only read are counted in the scope `all` alone.
enum class Effect { changes, reads };

/// Counts a call and does what is asked for at its number. True where the call must fail: errno is set then.
bool strikes(Effect effect, std::string_view call, const char* path);

/// The same for a call on an open file; those on pipes, sockets and terminals are not counted.
bool strikes_file(Effect effect, std::string_view call, int file);

/// The same for a write. Of one that the process dies in, half is written first, so that torn files are seen.
bool strikes_write(std::string_view call, int file, const void* bytes, unsigned long size, long offset);

/// Whether syncing is switched off for this program.
bool skips_sync();

}  // namespace torture
