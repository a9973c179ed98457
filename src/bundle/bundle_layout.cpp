#include "src/bundle/bundle_layout.hpp"

#include <utility>

namespace torchup {

BundleLayout lay_out_bundle(BundleManifest manifest) {
  BundleLayout layout{.manifest = std::move(manifest), .manifest_text = {}, .entries = {}, .data = {}};
  layout.manifest_text = print_bundle_manifest(layout.manifest);
  layout.entries.push_back({.name = k_bundle_manifest_name, .size = layout.manifest_text.size()});
  for (const BundleMember& member : layout.manifest.members) layout.entries.push_back({.name = member.path, .size = member.size});
  std::uint64_t at = 0;
  for (StoredEntry& entry : layout.entries) {
    entry.header_offset = at;
    layout.data.push_back(at + stored_header(entry).size());
    at = layout.data.back() + entry.size;
  }
  layout.directory = at;
  layout.size = at + stored_directory(layout.entries, at).size();
  return layout;
}

}  // namespace torchup
