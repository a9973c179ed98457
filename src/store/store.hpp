#pragma once
// The content-addressed store: verified trees by the SHA-256 of their wheel, staging beside them, parts for resuming.
//   ROOT/trees/sha256/ab/<sha>/{tree/…, manifest}   visible by one rename, never edited
//                              used                 its time says when an install last took the tree
//   ROOT/staging/<sha>.<pid>.<n>/{tree/…}           nothing here counts
//   ROOT/parts/<sha>.part                           exists only for resuming
//   ROOT/.lock                                      held shared while a store is used, alone while it is cleaned
//   ROOT/.claims.lock                               which wheels somebody is bringing (store_claims.hpp)
// Several processes may use one store: publishing what is there already is not an error.

#include "torchup/install/verified_artifact.hpp"

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <vector>

namespace torchup {

/// A tree that `verify` has unpacked and found sound, on its way into the store.
struct StagedTree {
  Sha256 sha256;                  ///< Of the wheel.
  std::filesystem::path staging;  ///< From `Store::stage`; the files lie in its folder `tree`.
  ArtifactManifest manifest;
};

struct StoreUsage {
  std::uint64_t trees = 0, tree_bytes = 0, part_bytes = 0, staging_bytes = 0;
};

class Store {
 public:
  /// Opens a store, making its folders, and keeps others from cleaning it; what killed processes left in staging goes. A root
  /// that cannot be written is ErrorKind::host, as is one that another process is busy cleaning.
  static Result<Store> open(std::filesystem::path root);

  /// Lets `find` look into another store as well, which others fill and which is only read: that of a laboratory, an image or a
  /// file system without writing. ErrorKind::host where there is none, or another process is busy cleaning it.
  Status look_into(std::filesystem::path other);

  const std::filesystem::path& root() const { return m_root; }

  /// The published tree of a wheel, the store's own or else the other's; nothing where there is none or its manifest cannot be read.
  std::optional<VerifiedArtifact> find(const Sha256& sha256) const;

  /// The same without the other store.
  std::optional<VerifiedArtifact> find_own(const Sha256& sha256) const;

  /// Whether `find` and `find_own` would find it, without reading what it holds.
  bool has(const Sha256& sha256) const;
  bool has_own(const Sha256& sha256) const;

  /// Notes that an install takes the tree now: `prune` goes by that. A store that cannot be written keeps the time it has.
  void mark_used(const Sha256& sha256) const;

  /// Takes a damaged tree out of sight, so that its wheel is brought anew. What others have open of it stays readable; it goes
  /// with the staging folder that it is now in, whose path is given.
  Result<std::filesystem::path> set_aside(const Sha256& sha256) const;

  /// A fresh staging folder with an empty folder `tree` in it, removed by `discard` or by `publish`.
  Result<std::filesystem::path> stage(const Sha256& sha256) const;
  void discard(const std::filesystem::path& staging) const;

  /// Makes a staged tree visible: manifest written, everything synced, one rename. Called by `verify` alone.
  Result<VerifiedArtifact> publish(const Sha256& sha256, const std::filesystem::path& staging, const ArtifactManifest& manifest) const;

  /// The same for several trees with one sync for all of them, which waits for the disk once instead of once a tree.
  Result<std::vector<VerifiedArtifact>> publish_all(const std::vector<StagedTree>& trees) const;

  /// Where an unfinished download of that wheel is kept.
  std::filesystem::path part_file(const Sha256& sha256) const;

  Result<StoreUsage> usage() const;

  /// Does what nobody else may be using the store for meanwhile. ErrorKind::host where another process goes on using it.
  Status while_alone(const std::function<Status()>& act) const;

  /// Removes everything; bytes freed. Interrupted anywhere, no damaged tree stays visible. ErrorKind::host where another
  /// process goes on using the store.
  Result<std::uint64_t> clean() const;

 private:
  Store(std::filesystem::path root, std::shared_ptr<const StoreUse> use) : m_root(std::move(root)), m_use(std::move(use)) {}
  Status remove_all() const;
  static std::optional<VerifiedArtifact> find_in(const std::filesystem::path& root, const Sha256& sha256,
                                                 const std::shared_ptr<const StoreUse>& use);

  std::filesystem::path m_root;
  std::shared_ptr<const StoreUse> m_use;
  std::filesystem::path m_other;  // read only; empty where there is none
  std::shared_ptr<const StoreUse> m_other_use;
};

}  // namespace torchup
