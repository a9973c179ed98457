#pragma once
// Where the store's published trees lie on the disk. Only the store uses it.

#include "torchup/core/digest.hpp"
#include "torchup/core/result.hpp"

#include <cstdint>
#include <filesystem>
#include <vector>

namespace torchup {

constexpr const char* k_manifest_name = "manifest";
constexpr const char* k_used_name = "used";  // empty; its time of change is when an install last took the tree
constexpr std::uint64_t k_most_manifest_bytes = 256ULL << 20;

/// ROOT/trees/sha256/ab/<sha>
std::filesystem::path tree_folder(const std::filesystem::path& root, const Sha256& sha256);

struct TreeFolder {
  Sha256 sha256;
  std::filesystem::path path;
};

/// Every folder that is named as a tree is, whole or not, sorted by name. Anything else there is nobody's business.
Result<std::vector<TreeFolder>> tree_folders(const std::filesystem::path& root);

/// Every path in a folder, sorted; a folder that cannot be read is ErrorKind::host.
Result<std::vector<std::filesystem::path>> paths_in(const std::filesystem::path& folder);

/// Bytes of the regular files at or below a path; what vanishes meanwhile counts nothing.
std::uint64_t bytes_below(const std::filesystem::path& path);

/// Removes a file or folder with all in it.
Status remove_with_all_in_it(const std::filesystem::path& path);

/// A tree without its manifest does not count: whoever is interrupted from here on leaves none that is half there.
Status remove_manifest(const std::filesystem::path& tree);

}  // namespace torchup
