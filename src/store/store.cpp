#include "src/store/store.hpp"

#include "torchup/system/file_descriptor.hpp"

#include "src/store/manifest_file.hpp"

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
  return Store(std::move(root));
}

std::optional<VerifiedArtifact> Store::find(const Sha256& sha256) const {
  const fs::path folder = tree_folder(m_root, sha256);
  const auto text = read_whole_file(folder / "manifest", k_most_manifest_bytes);
  if (!text) return std::nullopt;
  auto manifest = parse_manifest(*text);
  if (!manifest) return std::nullopt;
  return VerifiedArtifact(sha256, folder / "tree", *std::move(manifest));
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
    published.push_back(VerifiedArtifact(tree.sha256, target / "tree", tree.manifest));
  }
  for (const fs::path& folder : changed) TORCHUP_TRY(sync_directory(folder));
  return published;
}

fs::path Store::part_file(const Sha256& sha256) const { return m_root / "parts" / (sha256.hex() + ".part"); }

Result<StoreUsage> Store::usage() const {
  StoreUsage usage{.tree_bytes = bytes_below(m_root / "trees"),
                   .part_bytes = bytes_below(m_root / "parts"),
                   .staging_bytes = bytes_below(m_root / "staging")};
  std::error_code error;
  for (const auto& group : fs::directory_iterator(m_root / "trees" / "sha256", error)) {
    std::error_code group_error;
    for (fs::directory_iterator at(group, group_error), end; !group_error && at != end; at.increment(group_error)) ++usage.trees;
  }
  if (error) return failure(host_error("read", m_root / "trees" / "sha256", error.value()));
  return usage;
}

Result<std::uint64_t> Store::clean() const {
  TORCHUP_TRY_ASSIGN(const StoreUsage before, usage());
  for (const char* name : {"staging", "parts", "trees/sha256"}) {
    const fs::path folder = m_root / name;
    std::error_code error;
    for (const auto& entry : fs::directory_iterator(folder, error)) {
      std::error_code entry_error;
      fs::remove_all(entry.path(), entry_error);
      if (entry_error) return failure(host_error("remove", entry.path(), entry_error.value()));
    }
    if (error) return failure(host_error("read", folder, error.value()));
  }
  return before.tree_bytes + before.part_bytes + before.staging_bytes;
}

}  // namespace torchup
