#pragma once
// Platform compatibility tags (PEP 425, 600, 656) and the ranked list that an interpreter supports.

#include "torchup/core/result.hpp"

#include <cstddef>
#include <compare>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace torchup {

struct Tag {
  std::string python, abi, platform;  ///< "cp311", "cp311", "manylinux_2_28_x86_64"
  std::string text() const { return python + "-" + abi + "-" + platform; }
  auto operator<=>(const Tag&) const = default;
};

/// What decides which wheels an interpreter takes.
struct TagTarget {
  std::string implementation = "cpython";
  unsigned python_major = 3, python_minor = 0;
  bool free_threaded = false;
  std::string system;                     ///< "linux", "macos", "windows"
  std::string machine;                    ///< "x86_64", "aarch64", "arm64", "amd64"
  std::string libc = "glibc";             ///< "glibc" or "musl", on linux
  unsigned libc_major = 0, libc_minor = 0;  ///< glibc 2.36, musl 1.2; the macOS version on macos
  bool operator==(const TagTarget&) const = default;
};

/// The tags of one target, best first, in the order of packaging.tags.
class SupportedTags {
 public:
  explicit SupportedTags(const TagTarget& target);

  const std::vector<Tag>& ranked() const { return m_ranked; }

  /// The place of the tag, 0 the best; nothing where it is not supported.
  std::optional<std::size_t> rank(const Tag& tag) const;

 private:
  std::vector<Tag> m_ranked;
  std::map<Tag, std::size_t> m_ranks;
};

}  // namespace torchup
