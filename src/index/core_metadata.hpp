#pragma once
// A wheel's METADATA or an sdist's PKG-INFO (packaging.python.org "core metadata"): the few fields that a resolution needs.

#include "torchup/resolver/package_name.hpp"
#include "torchup/resolver/requirement.hpp"
#include "torchup/resolver/version.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace torchup {

struct WheelMetadata {
  std::vector<Requirement> requires_dist = {};
  std::vector<PackageName> provides_extra = {};
  std::optional<std::string> requires_python = {};
  std::optional<Version> metadata_version = {};
  std::vector<std::string> dynamic = {};  ///< Fields that a build may give another value (PEP 643), lower case.
};

inline constexpr std::size_t k_metadata_limit = 16U << 20;

/// Whether an sdist's PKG-INFO says what every wheel built from it will say, as far as a resolution asks (PEP 643: from version
/// 2.2 on, for fields that are not dynamic).
bool is_static(const WheelMetadata& pkg_info);

/// Reads the header block (RFC 822 folding); the description behind it is not looked at. A Name or Version that is not
/// the file name's, a dependency that is no PEP 508 requirement and broken limits are ErrorKind::integrity.
Result<WheelMetadata> parse_core_metadata(std::string_view text, const PackageName& name, const Version& version);

}  // namespace torchup
