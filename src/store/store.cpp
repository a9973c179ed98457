#include "src/store/store.hpp"

#include "torchup/system/file_descriptor.hpp"

#include "src/store/manifest_file.hpp"
#include "src/store/store_use.hpp"
#include "src/store/tree_folders.hpp"

#include <fmt/format.h>

#include <cerrno>
#include <fcntl.h>
#include <set>
#include <span>
#include <stdio.h>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>

namespace torchup {
namespace {

namespace fs = std::filesystem;

constexpr std::chrono::seconds k_cleaning_limit{30};  // how long a use waits for a cleaning
constexpr std::chrono::seconds k_use_limit{3};        // and a cleaning for a use

/// A store that cannot be written may still be of use: to an install that keeps its own elsewhere.
tl::unexpected<Error> not_writable(const char* what, const fs::path& root, const fs::path& folder, int number) {
  Error error = host_error(what, folder, number);
  if (number == EACCES || number == EROFS || number == EPERM) {
    error.hints.push_back(
        fmt::format("`--cache-dir DIR` takes another folder; with TORCHUP_SHARED_CACHE={} what this one holds is used too",
                    root.parent_path().string()));
  }
  return failure(std::move(error));
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

Result<std::string> read_manifest(const fs::path& folder) { return read_whole_file(folder / "manifest", k_most_manifest_bytes); }

bool has_manifest(const fs::path& folder) {
  const auto text = read_manifest(folder);
  return text && is_manifest(*text);
}

Status sync_directory(const fs::path& folder) {
  TORCHUP_TRY_ASSIGN(const FileDescriptor directory, FileDescriptor::open_directory(folder));
  return directory.sync();
}

/// Moves a staged tree to its place. Another process may have been faster; then its tree is kept if it can be read.
Status move_into_place(const Store& store, const StagedTree& tree, const fs::path& target) {
  if (::rename(tree.staging.c_str(), target.c_str()) == 0) return {};
  if (errno != EEXIST && errno != ENOTEMPTY) return failure(host_error("publish", target, errno));
  if (store.has_own(tree.sha256)) {
    store.discard(tree.staging);
    return {};
  }
  // What lies there is damaged: it leaves by a rename as well, so that nobody ever sees half of it.
  TORCHUP_TRY_ASSIGN(const fs::path aside, store.set_aside(tree.sha256));
  store.discard(aside);
  if (::rename(tree.staging.c_str(), target.c_str()) != 0) return failure(host_error("publish", target, errno));
  return {};
}

}  // namespace

Result<Store> Store::open(fs::path root) {
  std::error_code error;
  root = fs::absolute(root, error);
  for (const char* folder : {"trees/sha256", "staging", "parts"}) {
    fs::create_directories(root / folder, error);
    if (error) return not_writable("make the folder", root, root / folder, error.value());
    if (::access((root / folder).c_str(), W_OK) != 0) return not_writable("write to", root, root / folder, errno);
  }
  TORCHUP_TRY_ASSIGN(StoreUse use, StoreUse::begin(root, k_cleaning_limit));
  return Store(std::move(root), std::make_shared<const StoreUse>(std::move(use)));
}

Status Store::look_into(fs::path other) {
  std::error_code error;
  if (!fs::is_directory(other / "trees/sha256", error)) {
    return failure({ErrorKind::host, fmt::format("`{}` is no store", other.string()), {}, {}});
  }
  TORCHUP_TRY_ASSIGN(StoreUse use, StoreUse::begin_reading(other, k_cleaning_limit));
  m_other = std::move(other);
  m_other_use = std::make_shared<const StoreUse>(std::move(use));
  return {};
}

std::optional<VerifiedArtifact> Store::find(const Sha256& sha256) const {
  auto own = find_own(sha256);
  if (own || m_other.empty()) return own;
  return find_in(m_other, sha256, m_other_use);
}

std::optional<VerifiedArtifact> Store::find_own(const Sha256& sha256) const { return find_in(m_root, sha256, m_use); }

bool Store::has(const Sha256& sha256) const { return has_own(sha256) || (!m_other.empty() && has_manifest(tree_folder(m_other, sha256))); }

bool Store::has_own(const Sha256& sha256) const { return has_manifest(tree_folder(m_root, sha256)); }

std::optional<VerifiedArtifact> Store::find_in(const fs::path& root, const Sha256& sha256, const std::shared_ptr<const StoreUse>& use) {
  const fs::path folder = tree_folder(root, sha256);
  const auto text = read_manifest(folder);
  if (!text) return std::nullopt;
  auto manifest = parse_manifest(*text);
  if (!manifest) return std::nullopt;
  return VerifiedArtifact(sha256, folder / "tree", *std::move(manifest), use);
}

void Store::mark_used(const Sha256& sha256) const {
  const fs::path path = tree_folder(m_root, sha256) / k_used_name;
  const auto file = FileDescriptor::open(path, O_WRONLY | O_CREAT | O_NOFOLLOW | O_NONBLOCK, 0644);
  if (file) static_cast<void>(::futimens(file->number(), nullptr));
}

Result<fs::path> Store::set_aside(const Sha256& sha256) const {
  TORCHUP_TRY_ASSIGN(fs::path aside, stage(sha256));
  const fs::path tree = tree_folder(m_root, sha256);
  if (::rename(tree.c_str(), (aside / "damaged").c_str()) == 0 || errno == ENOENT) return aside;
  const int problem = errno;
  discard(aside);
  return failure(host_error("move aside", tree, problem));
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
  TORCHUP_TRY_ASSIGN(const std::vector<TreeFolder> trees, tree_folders(m_root));
  return StoreUsage{.trees = trees.size(),
                    .tree_bytes = bytes_below(m_root / "trees"),
                    .part_bytes = bytes_below(m_root / "parts"),
                    .staging_bytes = bytes_below(m_root / "staging")};
}

Status Store::remove_all() const {
  TORCHUP_TRY_ASSIGN(const std::vector<TreeFolder> trees, tree_folders(m_root));
  for (const TreeFolder& tree : trees) TORCHUP_TRY(remove_manifest(tree.path));
  for (const char* folder : {"trees/sha256", "staging", "parts"}) {
    TORCHUP_TRY_ASSIGN(const std::vector<fs::path> paths, paths_in(m_root / folder));
    for (const fs::path& path : paths) TORCHUP_TRY(remove_with_all_in_it(path));
  }
  return {};
}

Status Store::while_alone(const std::function<Status()>& act) const {
  TORCHUP_TRY(m_use->become_alone(k_use_limit));
  Status done = act();
  TORCHUP_TRY(m_use->share());
  return done;
}

Result<std::uint64_t> Store::clean() const {
  std::uint64_t bytes = 0;
  const Status cleaned = while_alone([&]() -> Status {
    TORCHUP_TRY_ASSIGN(const StoreUsage before, usage());
    bytes = before.tree_bytes + before.part_bytes + before.staging_bytes;
    return remove_all();
  });
  if (!cleaned) return failure(cleaned.error());
  return bytes;
}

}  // namespace torchup
