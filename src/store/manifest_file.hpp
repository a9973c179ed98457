#pragma once
// An artifact's manifest as the text that lies beside its tree: lines, sorted, closed by the digest of all before it, so
// that a manifest cut short or altered is not taken for a smaller tree. Only the store reads and writes it.

#include "torchup/install/verified_artifact.hpp"

#include <string>
#include <string_view>

namespace torchup {

/// The manifest's text, ending with its digest.
std::string print_manifest(const ArtifactManifest& manifest);

/// Whether it is what `print_manifest` wrote, by its form and its digest; a few times faster than reading it.
bool is_manifest(std::string_view text);

/// Reads it back. Anything but what `print_manifest` wrote is ErrorKind::integrity.
Result<ArtifactManifest> parse_manifest(std::string_view text);

}  // namespace torchup
