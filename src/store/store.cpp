#include "src/store/store.hpp"

#include "torchup/system/file_descriptor.hpp"

#include "src/store/manifest_file.hpp"
#include "src/store/store_use.hpp"

#include <fmt/format.h>

#include <cerrno>
#include <fcntl.h>
#include <set>
#include <span>
#include <stdio.h>
#include <system_error>
#include <unistd.h>

namespace torchup {
namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t k_most_manifest_bytes = 256ULL << 20;
constexpr std::chrono::seconds k_cleaning_limit{30};  // how long a use waits for a cleaning
constexpr std::chrono::seconds k_use_limit{3};        // and a cleaning for a use

fs::path tree_folder(const fs::path& root, const Sha256& sha256) {
  const std::string hex = sha256.hex();
  return root / "trees" / "sha256" / hex.substr(0, 2) / hex;
}

Status make_folders(const fs::path& folder) {
  std::error_code error;
  fs::create_directories(folder, error);
  if (error) return failure(host_error("make the folder", folder, error.value()));
  return {};
}

Status write_manifest(const StagedTree& tree) {
  TORCHUP_TRY_ASSIGN(FileDescriptor file, FileDescriptor::open(tree.staging / "manifest", O_WRONLY | O_CREAT | O_EXCL, 0444));
  const std::string text = print_manifest(tree.manifest);
  TORCHUP_TRY(file.write(std::as_bytes(std::span(text))));
  TORCHUP_TRY(file.set_mode(0444));
  return file.close();
}

Status sync_directory(const fs::path& folder) {
  TORCHUP_TRY_ASSIGN(const FileDescriptor directory, FileDescriptor::open_directory(folder));
  return directory.sync();
}

/// Bytes of the regular files below a folder; what vanishes meanwhile counts nothing.
std::uint64_t bytes_below(const fs::path& folder) {
  std::uint64_t bytes = 0;
  std::error_code error;
  for (fs::recursive_directory_iterator at(folder, error), end; !error && at != end; at.increment(error)) {
    std::error_code file_error;
    if (!at->is_regular_file(file_error) || at->is_symlink(file_error)) continue;
    const std::uint64_t size = at->file_size(file_error);
    if (!file_error) bytes += size;
  }
  return bytes;
}

/// Calls `act` with every path in a folder.
template <class Act>
Status for_each_entry(const fs::path& folder, Act act) {
  std::error_code error;
  for (fs::directory_iterator entry(folder, error), end; !error && entry != end; entry.increment(error)) TORCHUP_TRY(act(entry->path()));
  if (error) return failure(host_error("read", folder, error.value()));
  return {};
}

/// A tree without its manifest does not count: whoever is interrupted from here on leaves none that is half there.
Status remove_manifest(const fs::path& tree) {
  std::error_code error;
  fs::remove(tree / "manifest", error);
  if (error && error != std::errc::not_a_directory) return failure(host_error("remove", tree / "manifest", error.value()));
  return {};
}

Status remove_with_all_in_it(const fs::path& path) {
  std::error_code error;
  fs::remove_all(path, error);
  if (error) return failure(host_error("remove", path, error.value()));
  return {};
}

/// Moves a staged tree to its place. Another process may have been faster; then its tree is kept if it can be read.
Status move_into_place(const Store& store, const StagedTree& tree, const fs::path& target) {
  if (::rename(tree.staging.c_str(), target.c_str()) == 0) return {};
  if (errno != EEXIST && errno != ENOTEMPTY) return failure(host_error("publish", target, errno));
  if (store.find(tree.sha256)) {
    store.discard(tree.staging);
    return {};
  }
  // What lies there is damaged: it leaves by a rename as well, so that nobody ever sees half of it.
  TORCHUP_TRY_ASSIGN(const fs::path aside, store.stage(tree.sha256));
  store.discard(aside);
  if (::rename(target.c_str(), aside.c_str()) != 0) return failure(host_error("move aside", target, errno));
  store.discard(aside);
  if (::rename(tree.staging.c_str(), target.c_str()) != 0) return failure(host_error("publish", target, errno));
  return {};
}

}  // namespace

Result<Store> Store::open(fs::path root) {
  std::error_code error;
  root = fs::absolute(root, error);
  for (const char* folder : {"trees/sha256", "staging", "parts"}) TORCHUP_TRY(make_folders(root / folder));
  for (const char* folder : {"trees/sha256", "staging", "parts"}) {
    if (::access((root / folder).c_str(), W_OK) != 0) return failure(host_error("write to", root / folder, errno));
  }
  TORCHUP_TRY_ASSIGN(StoreUse use, StoreUse::begin(root, k_cleaning_limit));
  return Store(std::move(root), std::make_shared<const StoreUse>(std::move(use)));
}

std::optional<VerifiedArtifact> Store::find(const Sha256& sha256) const {
  const fs::path folder = tree_folder(m_root, sha256);
  const auto text = read_whole_file(folder / "manifest", k_most_manifest_bytes);
  if (!text) return std::nullopt;
  auto manifest = parse_manifest(*text);
  if (!manifest) return std::nullopt;
  return VerifiedArtifact(sha256, folder / "tree", *std::move(manifest), m_use);
}

Result<fs::path> Store::stage(const Sha256& sha256) const {
  for (unsigned n = 0;; ++n) {
    const fs::path folder = m_root / "staging" / fmt::format("{}.{}.{}", sha256.hex(), ::getpid(), n);
    std::error_code error;
    // False without an error where it exists already: another thread's, or left behind by a process of the same number.
    if (fs::create_directory(folder, error)) {
      TORCHUP_TRY(make_folders(folder / "tree"));
      return folder;
    }
    if (error) return failure(host_error("make the folder", folder, error.value()));
  }
}

void Store::discard(const fs::path& staging) const {
  std::error_code ignored;  // what stays behind is found by `clean` and never counts
  fs::remove_all(staging, ignored);
}

Result<VerifiedArtifact> Store::publish(const Sha256& sha256, const fs::path& staging, const ArtifactManifest& manifest) const {
  TORCHUP_TRY_ASSIGN(std::vector<VerifiedArtifact> published, publish_all({{sha256, staging, manifest}}));
  return std::move(published.front());
}

Result<std::vector<VerifiedArtifact>> Store::publish_all(const std::vector<StagedTree>& trees) const {
  if (trees.empty()) return std::vector<VerifiedArtifact>{};
  for (const StagedTree& tree : trees) TORCHUP_TRY(write_manifest(tree));
  // The bytes must be on the disk before the rename that makes them count.
  TORCHUP_TRY_ASSIGN(const FileDescriptor staging, FileDescriptor::open_directory(m_root / "staging"));
  TORCHUP_TRY(staging.sync_file_system());

  std::set<fs::path> changed = {m_root / "trees" / "sha256"};
  std::vector<VerifiedArtifact> published;
  for (const StagedTree& tree : trees) {
    const fs::path target = tree_folder(m_root, tree.sha256);
    TORCHUP_TRY(make_folders(target.parent_path()));
    TORCHUP_TRY(move_into_place(*this, tree, target));
    changed.insert(target.parent_path());
    published.push_back(VerifiedArtifact(tree.sha256, target / "tree", tree.manifest, m_use));
  }
  for (const fs::path& folder : changed) TORCHUP_TRY(sync_directory(folder));
  return published;
}

fs::path Store::part_file(const Sha256& sha256) const { return m_root / "parts" / (sha256.hex() + ".part"); }

Result<StoreUsage> Store::usage() const {
  StoreUsage usage{.tree_bytes = bytes_below(m_root / "trees"),
                   .part_bytes = bytes_below(m_root / "parts"),
                   .staging_bytes = bytes_below(m_root / "staging")};
  TORCHUP_TRY(for_each_entry(m_root / "trees" / "sha256", [&](const fs::path& group) -> Status {
    std::error_code is_none;
    for (fs::directory_iterator at(group, is_none), end; !is_none && at != end; at.increment(is_none)) ++usage.trees;
    return {};
  }));
  return usage;
}

Status Store::remove_all() const {
  const fs::path trees = m_root / "trees" / "sha256";
  TORCHUP_TRY(for_each_entry(trees, [](const fs::path& group) {
    std::error_code ignored;
    return fs::is_directory(group, ignored) ? for_each_entry(group, remove_manifest) : Status();
  }));
  for (const fs::path& folder : {trees, m_root / "staging", m_root / "parts"}) {
    TORCHUP_TRY(for_each_entry(folder, remove_with_all_in_it));
  }
  return {};
}

Result<std::uint64_t> Store::clean() const {
  TORCHUP_TRY(m_use->become_alone(k_use_limit));
  const auto before = usage();
  const Status removed = before ? remove_all() : failure(before.error());
  TORCHUP_TRY(m_use->share());
  TORCHUP_TRY(removed);
  return before->tree_bytes + before->part_bytes + before->staging_bytes;
}

}  // namespace torchup
