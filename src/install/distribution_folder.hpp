#pragma once
// The .dist-info folders of a site-packages: which distributions it holds, whoever installed them (packaging.python.org
// "recording installed projects").

#include "torchup/core/result.hpp"
#include "torchup/resolver/package_name.hpp"
#include "torchup/resolver/version.hpp"

#include <filesystem>
#include <string>
#include <vector>

namespace torchup {

struct DistributionFolder {
  PackageName name;
  Version version;
  std::string folder;  ///< "demo-1.0.dist-info"
};

/// Sorted by folder; one that is named in another way is passed over. A folder that cannot be read is ErrorKind::host.
Result<std::vector<DistributionFolder>> distribution_folders(const std::filesystem::path& site_packages);

}  // namespace torchup
