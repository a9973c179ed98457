#pragma once
// STAGE 6: from a wheel's file to a tree in the store. Only what passed here becomes a VerifiedArtifact.

#include "torchup/core/cancellation.hpp"

#include "src/archive/broken_rule.hpp"
#include "src/store/store.hpp"

#include <filesystem>
#include <optional>

namespace torchup {

/// Verifies a wheel against its request and publishes its tree: size and SHA-256 of the file, the archive's framing, the
/// wheel's form, and every file against RECORD. Unpacks with so many threads. What does not hold is ErrorKind::integrity
/// naming wheel, rule, file, expected and actual; nothing of it stays in the store.
Result<VerifiedArtifact> verify_artifact(const std::filesystem::path& wheel_file, const ArtifactRequest& request, const Store& store,
                                         unsigned threads, const Cancellation& cancellation);

/// The size and SHA-256 of a wheel's file against its request. For a file whose digest is known already, pass it.
Status check_wheel_digest(const std::filesystem::path& wheel_file, const ArtifactRequest& request);

/// What `torchup debug wheel-check` prints: nothing where the wheel keeps every rule, or the first that it breaks. Name and
/// version are taken from the file's name; one that is no wheel's name breaks `wheel-name`. Writes nothing.
Result<std::optional<BrokenRule>> check_wheel(const std::filesystem::path& path);

}  // namespace torchup
