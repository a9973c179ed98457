#pragma once
// A wheel's file name (packaging.python.org "binary distribution format"): name-version(-build)?-python-abi-platform.whl.

#include "torchup/resolver/package_name.hpp"
#include "torchup/resolver/tag.hpp"
#include "torchup/resolver/version.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace torchup {

struct WheelName {
  PackageName name;
  Version version;
  std::optional<std::pair<std::uint64_t, std::string>> build;  ///< (3, "") of "-3-"; absent sorts below every build.
  std::vector<Tag> tags;                                       ///< The cross product of compressed tag sets.

  /// Reads a file name without directories, at most 1024 bytes. Anything else is ErrorKind::usage.
  static Result<WheelName> parse(std::string_view filename);

  /// The best rank that the target gives to one of the tags; nothing where none fits.
  std::optional<std::size_t> rank(const SupportedTags& supported) const;
};

}  // namespace torchup
