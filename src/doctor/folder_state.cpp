#include "src/doctor/folder_state.hpp"

#include "src/doctor/remedies.hpp"

#include <fmt/format.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <pwd.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <system_error>
#include <unistd.h>

namespace torchup {
namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t k_few_inodes = 20'000;  // an environment with torch has about thirty thousand files
constexpr off_t k_attempt_bytes = 16 << 10;

std::string name_of(uid_t user) {
  passwd entry{};
  passwd* found = nullptr;
  std::array<char, 4096> texts{};
  if (::getpwuid_r(user, &entry, texts.data(), texts.size(), &found) != 0 || found == nullptr) return {};
  return entry.pw_name;
}

/// errno of making a file in the folder and giving it blocks; 0 where that went well.
int try_to_write(const fs::path& folder) {
  const int file = ::open(folder.c_str(), O_TMPFILE | O_WRONLY | O_CLOEXEC, 0600);
  if (file < 0) {
    if (errno != EOPNOTSUPP && errno != EISDIR && errno != EINVAL) return errno;
    return ::access(folder.c_str(), W_OK | X_OK) == 0 ? 0 : errno;  // a file system without nameless files
  }
  const int problem = ::posix_fallocate(file, 0, k_attempt_bytes);
  ::close(file);
  return problem == EOPNOTSUPP || problem == EINVAL ? 0 : problem;
}

std::string bytes_in_words(std::uint64_t bytes) {
  constexpr double k_giga = 1e9, k_mega = 1e6;
  const auto amount = static_cast<double>(bytes);
  return amount >= k_giga ? fmt::format("{:.1f} GB", amount / k_giga) : fmt::format("{:.1f} MB", amount / k_mega);
}

std::vector<std::string> facts_of(const FolderState& state) {
  const std::string owner = state.owner_name.empty() ? fmt::format("user {}", state.owner) : state.owner_name;
  std::vector<std::string> facts;
  if (state.nearest != state.path)
    facts.push_back(fmt::format("`{}` does not exist yet; looked at `{}`", state.path.string(), state.nearest.string()));
  facts.push_back(fmt::format("`{}`: owner {}, mode {:04o}, asked as user {}", state.nearest.string(), owner, state.mode, state.user));
  return facts;
}

DoctorFinding not_writable(const FolderState& state) {
  DoctorFinding finding{
      .id = "folder-not-writable",
      .severity = Severity::error,
      .title = fmt::format("{} `{}` cannot be written to: {}", state.purpose, state.path.string(), std::strerror(state.problem)),
      .evidence = facts_of(state),
      .remedy = {}};
  if (state.problem == EROFS) {
    finding.id = "folder-read-only";
    finding.remedy = {"choose a place on another file system, or have this one mounted for writing"};
  } else if (state.problem == EDQUOT) {
    finding.id = "quota-exceeded";
    finding.remedy = {"`quota -s` shows what is used; `torchup cache prune` frees what no environment needs"};
  } else if (state.problem == ENOSPC) {
    finding.id = state.free_bytes > static_cast<std::uint64_t>(k_attempt_bytes) ? "inodes-few" : "disk-full";
    finding.remedy = {"`torchup cache prune` frees what no environment needs",
                      "`--cache-dir DIR` and `--env DIR` put them on another disk"};
  } else if (state.owner != state.user) {
    finding.id = "folder-of-another-user";
    finding.evidence.emplace_back("a command run with sudo makes such folders");
    finding.remedy = {fmt::format("have its owner give it to you: `chown -R {} {}`", state.user, shell_word(state.nearest.string())),
                      "choose another folder (`--env DIR`, `--cache-dir DIR`)"};
  } else {
    finding.remedy = {fmt::format("`chmod u+rwx {}`", shell_word(state.nearest.string()))};
    finding.fix = Fix{.kind = Fix::Kind::own_permissions, .path = state.nearest};
  }
  return finding;
}

}  // namespace

FolderState look_at_folder(std::string purpose, const fs::path& path) {
  FolderState state{.purpose = std::move(purpose), .path = path, .nearest = path};
  state.user = ::geteuid();
  struct stat status {};
  while (::stat(state.nearest.c_str(), &status) != 0) {
    state.problem = errno;
    if ((errno != ENOENT && errno != EACCES) || state.nearest == state.nearest.parent_path()) return state;
    state.nearest = state.nearest.parent_path();  // where the way is barred, whoever bars it is told of
  }
  state.problem = 0;
  state.is_folder = S_ISDIR(status.st_mode);
  state.owner = status.st_uid;
  state.owner_name = name_of(status.st_uid);
  state.mode = status.st_mode & 07777U;
  struct statvfs space {};
  if (::statvfs(state.nearest.c_str(), &space) == 0) {
    state.free_bytes = std::uint64_t{space.f_bavail} * space.f_frsize;
    state.total_bytes = std::uint64_t{space.f_blocks} * space.f_frsize;
    state.free_inodes = space.f_favail;
    state.total_inodes = space.f_files;
  }
  state.problem = state.is_folder ? try_to_write(state.nearest) : ENOTDIR;
  return state;
}

std::vector<DoctorFinding> judge_folder(const FolderState& state, std::uint64_t wanted_bytes) {
  if (state.problem != 0) return {not_writable(state)};
  std::vector<DoctorFinding> findings;
  const std::string where = fmt::format("{} `{}`", state.purpose, state.path.string());
  if (state.free_bytes < wanted_bytes) {
    findings.push_back({.id = state.free_bytes < wanted_bytes / 100 ? "disk-full" : "disk-low",
                        .severity = state.free_bytes < wanted_bytes / 100 ? Severity::error : Severity::warning,
                        .title = fmt::format("{} has {} left", where, bytes_in_words(state.free_bytes)),
                        .evidence = {fmt::format("statvfs of `{}`: {} of {} free", state.nearest.string(), bytes_in_words(state.free_bytes),
                                                 bytes_in_words(state.total_bytes)),
                                     fmt::format("about {} are needed", bytes_in_words(wanted_bytes))},
                        .remedy = {"`torchup cache prune` frees what no environment needs",
                                   "`--cache-dir DIR` and `--env DIR` put them on another disk"}});
  }
  if (state.total_inodes > 0 && state.free_inodes < k_few_inodes) {
    findings.push_back(
        {.id = "inodes-few",
         .severity = Severity::warning,
         .title = fmt::format("{} has room for {} more files", where, state.free_inodes),
         .evidence = {fmt::format("statvfs of `{}`: {} of {} inodes free", state.nearest.string(), state.free_inodes, state.total_inodes)},
         .remedy = {"remove folders of many small files (`df -i` shows the file systems)"}});
  }
  return findings;
}

}  // namespace torchup
