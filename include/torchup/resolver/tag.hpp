#pragma once
// Platform compatibility tags (PEP 425, 600, 656) and the ranked list that an interpreter supports.

#include "torchup/core/result.hpp"

#include <compare>
#include <cstddef>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
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
  std::string system;                       ///< "linux", "macos", "windows"
  std::string machine;                      ///< "x86_64", "aarch64", "arm64", "amd64"
  std::string libc = "glibc";               ///< "glibc" or "musl", on linux
  unsigned libc_major = 0, libc_minor = 0;  ///< glibc 2.36, musl 1.2; the macOS version on macos
  bool operator==(const TagTarget&) const = default;
};

/// The target of a CPython ("3.12", "3.13t" for the free-threaded build) on a platform: one that people name ("linux-x86_64",
/// "linux-aarch64" with glibc 2.28, "macos-arm64", "macos-x86_64" with macOS 14, "windows-x86_64", "windows-arm64"), or a
/// platform tag that says what the host has ("manylinux_2_36_x86_64", "musllinux_1_2_aarch64", "macosx_15_0_arm64",
/// "win_amd64"). Anything else is ErrorKind::usage.
Result<TagTarget> parse_tag_target(std::string_view python, std::string_view platform);

/// The tags of one target, best first, in the order of packaging.tags.
class SupportedTags {
 public:
  explicit SupportedTags(const TagTarget& target);

  const std::vector<Tag>& ranked() const& { return m_ranked; }
  std::vector<Tag> ranked() && { return std::move(m_ranked); }  ///< So that a loop over a temporary's tags is sound.

  /// The platforms of all tags, each once.
  const std::set<std::string, std::less<>>& platforms() const { return m_platforms; }

  /// The place of the tag, 0 the best; nothing where it is not supported.
  std::optional<std::size_t> rank(const Tag& tag) const;

  /// False where the platforms in a wheel's file name already tell that none of its tags is supported. Most of an index page's
  /// wheels are for other platforms, and this is far cheaper than reading their names.
  bool may_take(std::string_view filename) const;

 private:
  std::vector<Tag> m_ranked;
  std::vector<std::size_t> m_sorted;  ///< Their places, in the order of the tags themselves.
  std::set<std::string, std::less<>> m_platforms;
};

}  // namespace torchup
