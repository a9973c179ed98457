#include "src/store/tree_folders.hpp"

#include "torchup/system/file_descriptor.hpp"

#include <algorithm>
#include <system_error>

namespace torchup {

namespace fs = std::filesystem;

fs::path tree_folder(const fs::path& root, const Sha256& sha256) {
  const std::string hex = sha256.hex();
  return root / "trees" / "sha256" / hex.substr(0, 2) / hex;
}

Result<std::vector<fs::path>> paths_in(const fs::path& folder) {
  std::vector<fs::path> paths;
  std::error_code error;
  for (fs::directory_iterator entry(folder, error), end; !error && entry != end; entry.increment(error)) paths.push_back(entry->path());
  if (error) return failure(host_error("read", folder, error.value()));
  std::sort(paths.begin(), paths.end());
  return paths;
}

Result<std::vector<TreeFolder>> tree_folders(const fs::path& root) {
  std::vector<TreeFolder> folders;
  TORCHUP_TRY_ASSIGN(const std::vector<fs::path> groups, paths_in(root / "trees" / "sha256"));
  for (const fs::path& group : groups) {
    std::error_code ignored;
    if (!fs::is_directory(group, ignored)) continue;
    TORCHUP_TRY_ASSIGN(std::vector<fs::path> trees, paths_in(group));
    for (fs::path& tree : trees) {
      const auto sha256 = Sha256::parse(tree.filename().string());
      if (sha256 && tree == tree_folder(root, *sha256)) folders.push_back({*sha256, std::move(tree)});
    }
  }
  return folders;
}

std::uint64_t bytes_below(const fs::path& path) {
  std::uint64_t bytes = 0;
  std::error_code error;
  if (fs::is_regular_file(fs::symlink_status(path, error))) {
    const std::uint64_t size = fs::file_size(path, error);
    return error ? 0 : size;
  }
  for (fs::recursive_directory_iterator at(path, error), end; !error && at != end; at.increment(error)) {
    std::error_code file_error;
    if (!at->is_regular_file(file_error) || at->is_symlink(file_error)) continue;
    const std::uint64_t size = at->file_size(file_error);
    if (!file_error) bytes += size;
  }
  return bytes;
}

Status remove_with_all_in_it(const fs::path& path) {
  std::error_code error;
  fs::remove_all(path, error);
  if (error) return failure(host_error("remove", path, error.value()));
  return {};
}

Status remove_manifest(const fs::path& tree) {
  std::error_code error;
  fs::remove(tree / k_manifest_name, error);
  if (error && error != std::errc::not_a_directory) return failure(host_error("remove", tree / k_manifest_name, error.value()));
  return {};
}

}  // namespace torchup
