#pragma once
// An artifact's manifest as the text that lies beside its tree: lines, sorted, closed by the digest of all before it, so
// that a manifest cut short or altered is not taken for a smaller tree. Only the store reads and writes it.

#include "torchup/install/verified_artifact.hpp"

#include <string>
#include <string_view>

namespace torchup {

/// The manifest's text, ending with its digest.
std::string print_manifest(const ArtifactManifest& manifest);

/// Reads it back. Anything but what `print_manifest` wrote is ErrorKind::integrity.
Result<ArtifactManifest> parse_manifest(std::string_view text);

}  // namespace torchup
