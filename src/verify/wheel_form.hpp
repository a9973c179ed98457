#pragma once
// What a wheel must look like from its entries' names alone (packaging.python.org "binary distribution format"): one
// .dist-info folder that is this package's, and in .data only folders that have a place to go.

#include "torchup/resolver/package_name.hpp"
#include "torchup/resolver/version.hpp"

#include "src/archive/broken_rule.hpp"
#include "src/archive/zip_framing.hpp"

#include <string>

namespace torchup {

/// The wheel's .dist-info folder, without '/'. Broken: `dist-info` where there is none, more than one, or another
/// package's; `data-folder` where .data is another's or holds more than purelib, platlib, headers, scripts and data.
Ruling<std::string> find_dist_info(const ZipLayout& layout, const PackageName& name, const Version& version);

}  // namespace torchup
