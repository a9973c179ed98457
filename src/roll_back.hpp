#pragma once
// Back to a generation that an environment had before: one rename, without the network. Nothing of any generation is removed.

#include "src/pipeline.hpp"

#include <filesystem>
#include <optional>

namespace torchup {

/// A roll-back that may be shown and refused: the environment is locked, nothing is changed.
struct PreparedRollBack {
  OpenEnvironment open;
  Generation target;
  InstallPlan plan;  ///< What changes by it; nothing in it is downloaded.
};

/// Finds the generation: `to`, or the newest below the current one. ErrorKind::host where there is none, or no environment;
/// ErrorKind::usage where `to` is the current one.
Result<PreparedRollBack> prepare_roll_back(const Ports& ports, const std::filesystem::path& root, std::optional<unsigned> to);

/// Flips to it and records that. Gives the environment as it is now.
Result<Environment> carry_out_roll_back(const Ports& ports, PreparedRollBack prepared);

}  // namespace torchup
