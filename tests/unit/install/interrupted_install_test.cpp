// Every system call that changes a file system is made to fail, or to be the process's last, once each: an environment is
// then its old generation or its new one, and never anything else.

#include "tests/support/small_store.hpp"

#include <catch2/catch.hpp>

#include <cerrno>
#include <cstdarg>
#include <dlfcn.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

using namespace torchup;
using namespace torchup::test;

namespace fs = std::filesystem;

namespace {

enum class Fault { none, error, persistent_error, kill };

/// Which call is to be hit. Only while it is armed do calls count.
struct FaultPlan {
  Fault fault = Fault::none;
  int code = 0;
  long at = 0, seen = 0;
};
FaultPlan g_plan;

/// Whether this call is to fail; ends the process where that is planned.
bool fails() {
  if (g_plan.fault == Fault::none) return false;
  const long call = ++g_plan.seen;
  if (g_plan.fault == Fault::persistent_error ? call < g_plan.at : call != g_plan.at) return false;
  if (g_plan.fault == Fault::kill) ::_exit(77);
  errno = g_plan.code;
  return true;
}

template <class Function>
Function* real(const char* name) {
  return reinterpret_cast<Function*>(::dlsym(RTLD_NEXT, name));
}

}  // namespace

// These stand before the C library's own: the program is linked to them first.
extern "C" {
int mkdir(const char* path, mode_t mode) noexcept { return fails() ? -1 : real<int(const char*, mode_t)>("mkdir")(path, mode); }
int mkdirat(int at, const char* path, mode_t mode) noexcept {
  return fails() ? -1 : real<int(int, const char*, mode_t)>("mkdirat")(at, path, mode);
}
int symlinkat(const char* target, int at, const char* path) noexcept {
  return fails() ? -1 : real<int(const char*, int, const char*)>("symlinkat")(target, at, path);
}
int linkat(int from_at, const char* from, int at, const char* path, int flags) noexcept {
  return fails() ? -1 : real<int(int, const char*, int, const char*, int)>("linkat")(from_at, from, at, path, flags);
}
int renameat(int from_at, const char* from, int at, const char* path) noexcept {
  return fails() ? -1 : real<int(int, const char*, int, const char*)>("renameat")(from_at, from, at, path);
}
int unlinkat(int at, const char* path, int flags) noexcept {
  const bool full_disk = g_plan.fault == Fault::persistent_error;  // which keeps nobody from removing
  return !full_disk && fails() ? -1 : real<int(int, const char*, int)>("unlinkat")(at, path, flags);
}
ssize_t write(int file, const void* bytes, size_t size) {
  return fails() ? -1 : real<ssize_t(int, const void*, size_t)>("write")(file, bytes, size);
}
// No power is cut here, and a real sync waits for whatever else the machine is writing.
int fsync(int) { return fails() ? -1 : 0; }
int syncfs(int) noexcept { return fails() ? -1 : 0; }
int openat(int at, const char* path, int flags, ...) {
  va_list more;
  va_start(more, flags);
  const mode_t mode = (flags & O_CREAT) != 0 ? va_arg(more, mode_t) : 0;
  va_end(more);
  if ((flags & O_CREAT) != 0 && fails()) return -1;
  return real<int(int, const char*, int, ...)>("openat")(at, path, flags, mode);
}
}

namespace {

/// An environment of version 1, and a version 2 to install over it: a copied file, a linked one, scripts, a new top folder.
struct Upgrade : SmallStore {
  WantedPackage old = wheel("a", "1", {{"a.py", {"old"}}});
  WantedPackage fresh = wheel("a", "2",
                              {{"a.py", {"new"}},
                               {"big.so", {std::string(300 << 10, 'x')}},
                               {"a-2.data/data/share/doc", {"doc"}},
                               {"a-2.dist-info/entry_points.txt", {"[console_scripts]\na = a:main\n"}}});

  Status upgrade() const {
    SilentDiagnostics silent;
    const Cancellation never;
    TORCHUP_TRY_ASSIGN(const OpenEnvironment open, open_environment(root(), std::chrono::milliseconds(0), silent, never));
    TORCHUP_TRY_ASSIGN(StagedGeneration staged, stage_generation(open.lock, {root(), small_python()}, {fresh}, silent, never));
    TORCHUP_TRY(activate_generation(open.lock, std::move(staged)));
    return {};
  }

  Status upgrade_with(Fault fault, int code, long at) const {
    g_plan = {fault, code, at, 0};
    const Status upgraded = upgrade();
    g_plan.fault = Fault::none;
    return upgraded;
  }

  /// How many calls a whole upgrade makes; a first one, so that later ones start from the same state.
  long calls() {
    REQUIRE(upgrade_with(Fault::error, EIO, -1).has_value());
    const long made = g_plan.seen;
    start_again();
    REQUIRE(made > 30);
    return made;
  }

  /// Back to the first generation alone, the very same where there is one.
  void start_again() const {
    if (!fs::exists(root() / "generations/1")) {
      install_now(root(), {old});
      return;
    }
    const OpenEnvironment open = open_now(root());
    REQUIRE(switch_generation(open.lock, 1).has_value());
    for (const unsigned number : open.environment.generations) {
      if (number != 1) fs::remove_all(root() / "generations" / std::to_string(number));
    }
    fs::remove(root() / "share");
  }
};

}  // namespace

TEST_CASE_METHOD(Upgrade, "whichever call fails, the environment is as it was or wholly new") {
  const int code = GENERATE(ENOSPC, EIO);
  start_again();
  const long calls_made = calls();
  const Snapshot before = snapshot(root());
  int unchanged = 0, flipped = 0;
  for (long at = 1; at <= calls_made; ++at) {
    CAPTURE(at, code);
    const Status upgraded = upgrade_with(Fault::error, code, at);
    if (fs::read_symlink(root() / "current") == "generations/1") {
      CHECK_FALSE(upgraded.has_value());
      ++unchanged;
      open_now(root());  // where the clearing away was what failed
      CHECK(differences(before, snapshot(root())) == std::vector<std::string>{});
    } else {
      ++flipped;
      CHECK(read_text(root() / "lib/python3.11/site-packages/a.py") == "new");
      CHECK(read_text(root() / "share/doc") == "doc");
      CHECK(environment_at(root())->current->number == 2);
      start_again();
    }
  }
  CHECK(unchanged > 25);
  CHECK(flipped >= 2);  // a file that cannot be linked is copied, and the last sync comes after the flip
}

TEST_CASE_METHOD(Upgrade, "a disk that stays full leaves the environment as it was") {
  start_again();
  const long calls_made = calls();
  const Snapshot before = snapshot(root());
  for (long at = 1; at < calls_made; ++at) {
    CAPTURE(at);
    CHECK_FALSE(upgrade_with(Fault::persistent_error, ENOSPC, at).has_value());
    if (fs::read_symlink(root() / "current") != "generations/1") break;
    open_now(root());
    CHECK(differences(before, snapshot(root())) == std::vector<std::string>{});
  }
}

TEST_CASE_METHOD(Upgrade, "killed at any call, the environment is old or new and the next install goes through") {
  start_again();
  const long calls_made = calls();
  const Snapshot before = snapshot(root());
  for (long at = 1; at <= calls_made; ++at) {
    CAPTURE(at);
    const pid_t child = ::fork();
    REQUIRE(child >= 0);
    if (child == 0) ::_exit(upgrade_with(Fault::kill, 0, at).has_value() ? 0 : 1);
    int status = 0;
    REQUIRE(::waitpid(child, &status, 0) == child);
    REQUIRE(WEXITSTATUS(status) == 77);
    const bool is_new = environment_at(root())->current->number == 2;
    CHECK(read_text(root() / "lib/python3.11/site-packages/a.py") == (is_new ? "new" : "old"));
    CHECK(upgrade().has_value());  // clears away what was left, and needs nobody's help
    CHECK(read_text(root() / "lib/python3.11/site-packages/a.py") == "new");
    start_again();
  }
  CHECK(differences(before, snapshot(root())) == std::vector<std::string>{});
}

TEST_CASE_METHOD(Upgrade, "a first install that fails leaves no folder behind") {
  long at = 1;
  for (;; ++at) {
    CAPTURE(at);
    const Status upgraded = upgrade_with(Fault::error, ENOSPC, at);
    if (upgraded.has_value() || fs::is_symlink(root() / "current")) break;
    open_now(root());
    fs::remove(root() / ".lock");  // where taking the folder away was what failed
    CHECK((!fs::exists(root()) || fs::is_empty(root()) || snapshot(root()).size() <= 2));
    fs::remove_all(root());
  }
  CHECK(at > 25);
}
