#pragma once
// A wheel on its way: asked for, then verified. Between the two nothing of it counts.

#include "torchup/core/digest.hpp"
#include "torchup/resolver/lockfile.hpp"

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace torchup {

/// Whether a file is a published archive of LibTorch, by its name; anything else that is fetched is a wheel. An archive has no METADATA
/// and no RECORD: its own digest, and the rules for its entries, are all that it is held against.
inline bool is_native_archive(std::string_view file_name) { return file_name.ends_with(".zip"); }

/// One wheel to fetch, as the lock names it, or one archive of LibTorch.
struct ArtifactRequest {
  PackageName name;
  Version version;
  LockedFile file;
  std::vector<Url> other_sources = {};  ///< Where the same bytes should be too: tried in this order where `file.url` fails.
};

/// One regular file of an unpacked wheel.
struct TreeFile {
  std::string path;  ///< Relative to the tree, '/' between parts, as the archive spells it: "torch/lib/libc10.so".
  std::uint64_t size = 0;
  Sha256 sha256;
  bool executable = false;
  bool operator==(const TreeFile&) const = default;
};

class StoreUse;

/// What a verified tree holds.
struct ArtifactManifest {
  PackageName name;
  Version version;
  std::string wheel;            ///< The wheel's file name.
  std::vector<TreeFile> files;  ///< Sorted by path; directories are not listed.
  bool operator==(const ArtifactManifest&) const = default;
};

/// A tree in the store whose size, SHA-256, framing and every RECORD row held. Only the store makes one, from what
/// `verify` published; `install` accepts nothing else. As long as it lives nobody cleans the store.
class VerifiedArtifact {
 public:
  const Sha256& sha256() const { return m_sha256; }             ///< Of the wheel.
  const std::filesystem::path& tree() const { return m_tree; }  ///< Absolute; its files are never edited.
  const ArtifactManifest& manifest() const { return m_manifest; }

 private:
  friend class Store;
  VerifiedArtifact(Sha256 sha256, std::filesystem::path tree, ArtifactManifest manifest, std::shared_ptr<const StoreUse> use)
      : m_sha256(sha256), m_tree(std::move(tree)), m_manifest(std::move(manifest)), m_use(std::move(use)) {}

  Sha256 m_sha256;
  std::filesystem::path m_tree;
  ArtifactManifest m_manifest;
  std::shared_ptr<const StoreUse> m_use;
};

}  // namespace torchup
