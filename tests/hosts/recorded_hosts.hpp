#pragma once
// The recorded machines below tests/hosts, for the tests that walk them.

#include <algorithm>
#include <filesystem>
#include <vector>

namespace torchup::test {

/// The folder of each, in the order of their names.
inline std::vector<std::filesystem::path> recorded_hosts() {
  std::vector<std::filesystem::path> folders;
  for (const auto& entry : std::filesystem::directory_iterator(TORCHUP_TEST_HOSTS)) {
    if (entry.is_directory()) folders.push_back(entry.path());
  }
  std::sort(folders.begin(), folders.end());
  return folders;
}

}  // namespace torchup::test
