#pragma once
// A file of the index cache: a few fields and a body, written at once and checked when read. Anything wrong with one is
// the same as its absence, so a cache can be cut, emptied or half synced without harm.

#include "torchup/core/result.hpp"

#include <filesystem>
#include <map>
#include <optional>
#include <string>

namespace torchup {

struct CacheFile {
  std::map<std::string, std::string> fields;  ///< No line ends in them.
  std::string body;

  /// The field's value; empty where there is none. "sha256" is the body's own digest, once it is in a file.
  const std::string& field(const std::string& name) const;
};

/// Nothing where there is no such file or it is not whole.
std::optional<CacheFile> read_cache_file(const std::filesystem::path& path);

/// The fields alone, without reading and checking the body: what is said of a big page. Nothing where they are not whole.
std::optional<CacheFile> read_cache_fields(const std::filesystem::path& path);

/// Visible by one rename, its directories made. A place that cannot be written is ErrorKind::host.
Status write_cache_file(const std::filesystem::path& path, const CacheFile& content);

}  // namespace torchup
