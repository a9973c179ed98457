#pragma once
// A bundle that is read: the archive's framing and the manifest hold, and each content is hashed when it is used. Commands
// list, verify and install from it; nothing is unpacked.

#include "torchup/core/cancellation.hpp"
#include "torchup/core/diagnostics.hpp"
#include "torchup/core/result.hpp"

#include "src/archive/broken_rule.hpp"
#include "src/bundle/manifest.hpp"
#include "src/bundle/parted_file.hpp"

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace torchup {

/// A member and where its content lies in the bundle.
struct PlacedMember {
  BundleMember member;
  std::uint64_t offset = 0;
};

class Bundle {
 public:
  /// Reads framing and manifest of FILE, or of its parts (parted_file.hpp). A broken rule is ErrorKind::integrity: those of
  /// zip_framing.hpp, manifest.hpp and parted_file.hpp, `bad-crc` for a manifest that was damaged, `bundle-stored` for a member that is compressed or a folder, `bundle-member`
  /// where archive and manifest name other members or another order, `bundle-size` where they disagree on a size.
  static Result<Bundle> open(const std::filesystem::path& path);

  /// The same of bytes that lie elsewhere, with the broken rule as a value.
  static Result<Ruling<Bundle>> read(std::shared_ptr<const ByteSource> source);

  const BundleManifest& manifest() const { return m_manifest; }
  const std::vector<PlacedMember>& members() const { return m_members; }  ///< In the archive's order.
  const ByteSource& source() const { return *m_source; }
  const std::filesystem::path& path() const { return m_source->path(); }
  std::uint64_t size() const { return m_size; }
  const Sha256& identity() const { return m_identity; }  ///< The manifest's digest, which stands for the whole content.

  /// The member that has that URL, or nullptr.
  const PlacedMember* find(const Url& url) const;

  /// A content whole, hashed; of wheels nobody needs that. What is damaged is ErrorKind::integrity.
  Result<std::string> content(const PlacedMember& placed) const;

  /// The file and the place in it of a byte, for messages.
  std::string place_text(std::uint64_t offset) const;

 private:
  explicit Bundle(std::shared_ptr<const ByteSource> source, Sha256 identity) : m_source(std::move(source)), m_identity(identity) {}

  std::shared_ptr<const ByteSource> m_source;
  std::shared_ptr<const PartedFile> m_parts;  // the same, where it is one
  BundleManifest m_manifest;
  std::vector<PlacedMember> m_members;
  std::uint64_t m_size = 0;
  Sha256 m_identity;
};

/// A member whose bytes are not what the manifest says.
struct DamagedMember {
  PlacedMember placed;
  std::optional<Sha256> found;  ///< Nothing where it could not be read to its end.
  std::string place;            ///< "`FILE.002` at 1234"
};

/// Hashes every member. Gives the damaged ones.
Result<std::vector<DamagedMember>> verify_members(const Bundle& bundle, Diagnostics& diagnostics, const Cancellation& cancellation);

}  // namespace torchup
