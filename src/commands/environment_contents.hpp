#pragma once
// What an environment really holds: what torchup recorded of it, and what another tool has put in or taken out since.

#include "torchup/install/environment.hpp"
#include "torchup/resolver/lock_difference.hpp"

#include <filesystem>
#include <optional>
#include <vector>

namespace torchup {

/// The packages of a generation, sorted by name. One whose `.dist-info` is gone from site-packages is left out; one that
/// torchup did not install, or in another version, has no wheel. A folder that cannot be read is ErrorKind::host.
Result<std::vector<HeldPackage>> held_by_environment(const Generation& generation);

/// An environment that another tool made, as a generation of number 0 of which nothing was recorded: a folder with a pyvenv.cfg or
/// conda-meta of its own, and a site-packages. Nothing where the folder is torchup's or no environment.
std::optional<Generation> environment_of_another_tool(const std::filesystem::path& root);

}  // namespace torchup
