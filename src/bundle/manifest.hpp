#pragma once
// What a bundle says of itself: `manifest.json`, its first member. The writer plans the whole file from it, and the reader
// holds the archive against it.

#include "torchup/core/digest.hpp"
#include "torchup/core/url.hpp"

#include "src/archive/broken_rule.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace torchup {

inline constexpr const char* k_bundle_manifest_name = "manifest.json";
inline constexpr std::uint64_t k_most_member_bytes = 32ULL << 30;  ///< As the archive's framing has it.
inline constexpr std::uint64_t k_most_bundle_bytes = 63ULL << 30;  ///< Of wheels; the rest is left for everything else.

enum class MemberKind { lock, catalog, page, wheel };

/// "lock", "catalog", "page", "wheel"
const char* kind_name(MemberKind kind);

/// One file of a bundle.
struct BundleMember {
  std::string path;  ///< "pylock.toml", "catalog.json", "simple/0/torch.json", "wheels/torch-2.15.0-….whl"
  MemberKind kind = MemberKind::wheel;
  std::uint64_t size = 0;
  Sha256 sha256;
  std::vector<Url> urls = {};  ///< Of a page or wheel: where it is on the network.
  bool operator==(const BundleMember&) const = default;
};

struct BundleManifest {
  std::vector<std::string> requests = {};   ///< What the locks were made for, in their users' words.
  std::vector<std::string> platforms = {};  ///< "linux-x86_64": what some wheel that is not for all platforms is for.
  std::vector<std::string> variants = {};   ///< "cu130"
  std::vector<BundleMember> members = {};   ///< In the archive's order, the manifest itself left out.
  bool operator==(const BundleManifest&) const = default;
};

/// The text, byte-stable.
std::string print_bundle_manifest(const BundleManifest& manifest);

/// Reads one of at most 64 MiB and 100,000 members. Broken: `bundle-manifest` where it has another form, `bundle-path` for a path that
/// its kind may not have, `bundle-duplicate` where two members have one path or one URL, `bundle-lock` and `bundle-catalog` where a
/// bundle has no lock or not one catalog.
Ruling<BundleManifest> parse_bundle_manifest(std::string_view json);

}  // namespace torchup
