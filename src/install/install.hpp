#pragma once
// Stage 7: verified wheels become a generation of an environment, and one rename puts it in use. The pipeline calls, in
// this order: `open_environment`, `plan_install`, `stage_generation`, (validation of the staged generation),
// `activate_generation`. Whatever fails before the flip leaves the environment byte for byte as it was; whoever is
// killed leaves either the old or the new generation, and the next `open_environment` clears the rest away.

#include "torchup/core/cancellation.hpp"
#include "torchup/core/diagnostics.hpp"
#include "torchup/install/environment.hpp"
#include "torchup/install/install_plan.hpp"
#include "torchup/install/verified_artifact.hpp"

#include "src/install/environment_lock.hpp"
#include "src/install/staged_generation.hpp"

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace torchup {

/// An environment that this process alone may change.
struct OpenEnvironment {
  EnvironmentLock lock;
  Environment environment;
};

/// Whether an environment of another tool may be opened: then it has no current generation, and `Adoption` must be used.
enum class Adopt { no, yes };

/// Locks DIR for changing, clears away what a killed process left half-made, and reads what is there; a DIR that does not
/// exist or is empty is made and has no generation yet. Waits up to `limit` for another process (ErrorKind::host with its
/// number then). A folder of another tool is ErrorKind::host, and untouched. An adoption
/// that was interrupted is undone first.
Result<OpenEnvironment> open_environment(const std::filesystem::path& root, std::chrono::milliseconds limit, Diagnostics& diagnostics,
                                         const Cancellation& cancellation, Adopt adopt = Adopt::no);

/// Reads an environment without locking or changing it: for verify, history, diff. ErrorKind::host where DIR is none or
/// its current generation cannot be read.
Result<Environment> environment_at(const std::filesystem::path& root);

/// The numbers of every whole generation on disk, ascending; none where there is no environment.
Result<std::vector<unsigned>> whole_generations(const std::filesystem::path& root);

/// One whole generation by its number, in use or not. ErrorKind::host where there is none.
Result<Generation> read_generation(const std::filesystem::path& root, unsigned number);

/// The generation that an environment of ours has in use; nothing where there is no such environment, or its manifest is missing or
/// malformed, so that the next install makes it anew. ErrorKind::host where it cannot be read just now.
Result<std::optional<Generation>> generation_in_use(const std::filesystem::path& root);

/// The lock that a generation was made from; nothing where it was made without one. ErrorKind::host where it cannot be read.
Result<std::optional<std::string>> read_generation_lock(const Generation& generation);

/// What would change if the environment held exactly these packages, each named once. Pure.
InstallPlan plan_install(const Environment& environment, const std::vector<InstalledPackage>& wanted);

/// One package to install: its verified tree and what the ledger and REQUESTED need to know of it.
struct WantedPackage {
  VerifiedArtifact artifact;
  std::string url = {};                           ///< Where it came from, without credentials.
  std::string index = {};                         ///< Its index; may be empty.
  bool requested = false;                         ///< Asked for by name, and not only as a dependency.
  std::optional<VerifiedArtifact> bytecode = {};  ///< Of the environment's Python, where the store has it.
};

/// What a staged generation will take, before anything is written.
struct StageCost {
  std::uint64_t files = 0;
  std::uint64_t copied_bytes = 0;  ///< At most: a file system that clones needs less.
  std::uint64_t shared_bytes = 0;  ///< Hard links to the store.
};

/// Makes the next generation whole beside the current one: interpreter links, pyvenv.cfg, activate scripts, every wheel's
/// files, scripts and RECORD. Exactly the wanted packages will be in it. Not enough space is ErrorKind::host before the
/// first byte; a file of the store that is not what was verified is ErrorKind::integrity; anything else that goes wrong is
/// ErrorKind::install. Nothing of a failed one stays. Cancellation is asked for every few files.
Result<StagedGeneration> stage_generation(const EnvironmentLock& lock, const EnvironmentSpec& spec,
                                          const std::vector<WantedPackage>& wanted, Diagnostics& diagnostics,
                                          const Cancellation& cancellation);

/// The commit: manifest, everything on disk, then `current` flipped by one rename. On failure (ErrorKind::install) the
/// staged generation is gone and the old one stands. Gives the environment as it is now.
Result<Environment> activate_generation(const EnvironmentLock& lock, StagedGeneration staged);

/// Removes a staged generation that validation refused.
Status discard_generation(StagedGeneration staged);

/// Flips `current` to another whole generation that is on disk: roll-back. ErrorKind::host where there is none.
Result<Environment> switch_generation(const EnvironmentLock& lock, unsigned number);

}  // namespace torchup
