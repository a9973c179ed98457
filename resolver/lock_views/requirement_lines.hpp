#pragma once
// The lines that a requirements file and the pip section of a conda environment share.

#include "torchup/resolver/lockfile.hpp"

#include <string>
#include <vector>

namespace torchup {

/// "--index-url https://…" and "--extra-index-url https://…" of these packages.
std::vector<std::string> index_option_lines(const std::vector<LockedPackage>& packages);

/// "torch==2.15.0+cpu ; sys_platform == "linux"".
std::string pinned_requirement(const LockedPackage& package);

/// "--hash=sha256:…" of each wheel, sorted, no doubles.
std::vector<std::string> hash_options(const LockedPackage& package);

}  // namespace torchup
