#pragma once
// What can be done with a folder of this machine, learnt by trying: a nameless file of a few kilobytes is made in it and is gone
// again when it is closed. Judging what was learnt is apart from learning it, so that tests can make up folders.

#include "torchup/doctor/finding.hpp"

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace torchup {

struct FolderState {
  std::string purpose;            ///< "the cache"
  std::filesystem::path path;     ///< As it is configured.
  std::filesystem::path nearest;  ///< The folder itself, or its nearest parent that exists.
  bool is_folder = true;          ///< `nearest` is one.
  unsigned owner = 0, user = 0;   ///< Numbers of who owns `nearest` and who asks.
  std::string owner_name = {};    ///< Empty where the number has none.
  unsigned mode = 0;              ///< Permission bits.
  int problem = 0;                ///< errno of the attempt to write: EACCES, EROFS, EDQUOT, ENOSPC, ...; 0 where it went well.
  std::uint64_t free_bytes = 0, total_bytes = 0;
  std::uint64_t free_inodes = 0, total_inodes = 0;  ///< Both 0 where the file system has no fixed number of them.
};

/// Looks at a folder and tries to write to it. Leaves nothing behind.
FolderState look_at_folder(std::string purpose, const std::filesystem::path& path);

/// What is wrong with it. Less than `wanted_bytes` free is a warning, less than a hundredth of that an error.
std::vector<DoctorFinding> judge_folder(const FolderState& state, std::uint64_t wanted_bytes);

}  // namespace torchup
