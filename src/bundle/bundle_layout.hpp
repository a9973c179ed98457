#pragma once
// Where everything in a bundle lies, known before the first wheel is: a bundle is a ZIP archive whose members are stored one
// behind the other, the manifest first, the wheels last. So a wheel can be read where it lies, and an interrupted bundle goes on.

#include "src/archive/stored_zip.hpp"
#include "src/bundle/manifest.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace torchup {

struct BundleLayout {
  BundleManifest manifest;
  std::string manifest_text;
  std::vector<StoredEntry> entries;  ///< The manifest's own, then one a member; their CRC-32 is 0 until it is known.
  std::vector<std::uint64_t> data;   ///< Of each entry: where its content begins.
  std::uint64_t directory = 0;       ///< Where the archive's directory begins.
  std::uint64_t size = 0;            ///< Of the whole bundle.
};

/// The layout of a bundle with that manifest. The same manifest gives the same bytes, once the contents are there.
BundleLayout lay_out_bundle(BundleManifest manifest);

}  // namespace torchup
