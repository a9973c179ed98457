#pragma once
// What an installed distribution says it needs: the few fields of its METADATA that checks ask for. One line that cannot be read
// costs that line and not the rest: the distribution is installed, however it is written.

#include "torchup/resolver/requirement.hpp"

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace torchup {

struct DistributionMetadata {
  std::string version = {};  ///< As written; empty where the field is missing.
  std::string requires_python = {};
  std::vector<Requirement> requires_dist = {};
  std::vector<std::string> unreadable = {};  ///< Requires-Dist fields that are no requirements (PEP 508).
};

/// Reads the header block (packaging.python.org "core metadata"), at most 16 MiB and twenty thousand fields.
DistributionMetadata parse_distribution_metadata(std::string_view text);

/// The METADATA of a .dist-info folder; empty fields where it cannot be read.
DistributionMetadata read_distribution_metadata(const std::filesystem::path& folder);

}  // namespace torchup
