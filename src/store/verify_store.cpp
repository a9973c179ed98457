#include "src/store/verify_store.hpp"

#include "torchup/system/file_descriptor.hpp"
#include "torchup/system/hash.hpp"

#include "src/store/manifest_file.hpp"
#include "src/store/tree_folders.hpp"

#include <algorithm>
#include <atomic>
#include <mutex>
#include <optional>
#include <sys/stat.h>
#include <system_error>
#include <thread>

namespace torchup {
namespace {

namespace fs = std::filesystem;

struct Tree {
  DamagedTree found;
  fs::path folder;
  std::vector<TreeFile> files;  // as the manifest says, sorted by path
};

struct Check {
  std::size_t tree = 0;
  const TreeFile* file = nullptr;
};

/// Nothing where the tree does not count.
std::optional<Tree> read_tree(const TreeFolder& folder) {
  Tree tree{.found = {.wheel = folder.sha256, .wheel_name = {}, .manifest_problem = {}, .files = {}},
            .folder = folder.path / "tree",
            .files = {}};
  std::error_code error;
  if (!fs::exists(fs::symlink_status(folder.path / k_manifest_name, error))) return std::nullopt;
  const auto text = read_whole_file(folder.path / k_manifest_name, k_most_manifest_bytes);
  auto manifest = text ? parse_manifest(*text) : Result<ArtifactManifest>(failure(text.error()));
  if (manifest) {
    tree.files = std::move(manifest->files);
    tree.found.wheel_name = std::move(manifest->wheel);
  } else {
    tree.found.manifest_problem = manifest.error().message;
  }
  return tree;
}

std::optional<FileFault::Kind> fault_of(const fs::path& path, const TreeFile& file) {
  struct stat status;
  if (::lstat(path.c_str(), &status) != 0) return FileFault::Kind::missing;
  if (!S_ISREG(status.st_mode) || static_cast<std::uint64_t>(status.st_size) != file.size) return FileFault::Kind::changed;
  const auto digest = sha256_file(path);
  return digest && *digest == file.sha256 ? std::nullopt : std::optional(FileFault::Kind::changed);
}

/// What lies in a tree and not in its manifest. Folders alone are no files.
void find_added(Tree& tree) {
  std::error_code error;
  for (fs::recursive_directory_iterator at(tree.folder, error), end; !error && at != end; at.increment(error)) {
    std::error_code ignored;
    if (fs::is_directory(at->symlink_status(ignored))) continue;
    const std::string path = at->path().lexically_relative(tree.folder).string();
    const auto& files = tree.files;
    const auto place = std::ranges::lower_bound(files, path, {}, &TreeFile::path);
    if (place == files.end() || place->path != path) tree.found.files.push_back({path, FileFault::Kind::added});
  }
}

/// Checks files on all cores, the biggest first; faults go to their trees.
Status check_files(std::vector<Tree>& trees, std::vector<Check> checks, Diagnostics& diagnostics, const Cancellation& cancellation) {
  std::ranges::stable_sort(checks, std::ranges::greater(), [](const Check& check) { return check.file->size; });
  std::uint64_t total = 0;
  for (const Check& check : checks) total += check.file->size;
  std::mutex mutex;
  std::atomic<std::size_t> next = 0;
  std::atomic<std::uint64_t> done = 0;
  const auto work = [&](auto after) {
    for (std::size_t i = next++; i < checks.size() && !cancellation.requested(); i = next++) {
      Tree& tree = trees[checks[i].tree];
      const TreeFile& file = *checks[i].file;
      if (const auto kind = fault_of(tree.folder / file.path, file)) {
        const std::lock_guard guard(mutex);
        tree.found.files.push_back({file.path, *kind});
      }
      done += file.size;
      after();
    }
  };
  {
    std::vector<std::jthread> others;
    for (unsigned i = 1; i < std::thread::hardware_concurrency(); ++i) others.emplace_back([&] { work([] {}); });
    work([&] { diagnostics.progress("verify", done, total); });  // only this thread speaks
  }
  TORCHUP_TRY(cancellation.check());
  diagnostics.progress("verify", total, total);
  return {};
}

}  // namespace

const char* kind_name(FileFault::Kind kind) {
  switch (kind) {
    case FileFault::Kind::changed:
      return "changed";
    case FileFault::Kind::missing:
      return "missing";
    case FileFault::Kind::added:
      return "added";
  }
  return "";
}

Result<StoreVerification> verify_store(const Store& store, Diagnostics& diagnostics, const Cancellation& cancellation) {
  TORCHUP_TRY_ASSIGN(const std::vector<TreeFolder> folders, tree_folders(store.root()));
  std::vector<Tree> trees;
  for (const TreeFolder& folder : folders) {
    if (auto tree = read_tree(folder)) trees.push_back(*std::move(tree));
  }
  StoreVerification result{.trees = trees.size()};
  std::vector<Check> checks;
  for (std::size_t i = 0; i < trees.size(); ++i) {
    for (const TreeFile& file : trees[i].files) {
      checks.push_back({i, &file});
      result.bytes += file.size;
    }
    if (trees[i].found.manifest_problem.empty()) find_added(trees[i]);
  }
  result.files = checks.size();
  TORCHUP_TRY(check_files(trees, std::move(checks), diagnostics, cancellation));
  for (Tree& tree : trees) {
    if (tree.found.files.empty() && tree.found.manifest_problem.empty()) continue;
    std::ranges::sort(tree.found.files);
    TORCHUP_TRY(store.set_aside(tree.found.wheel).map([](const fs::path&) {}));
    result.damaged.push_back(std::move(tree.found));
  }
  return result;
}

}  // namespace torchup
