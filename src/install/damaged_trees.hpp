#pragma once
// Which of the store's trees were written to since they were verified. The pipeline asks after `stage_generation` refused one,
// to have it brought anew.

#include "torchup/install/verified_artifact.hpp"

#include "src/install/install.hpp"

#include <cstddef>
#include <string>
#include <vector>

namespace torchup {

struct TreeDamage {
  std::size_t place = 0;  ///< In `wanted`.
  std::string what;       ///< "`pkg/file` of `pkg-1-py3-none-any.whl` in the store is not what was verified: it has 3 bytes, expected 4"
};

/// Leaves out the bytecode that is not what was verified, and tells what the store knows it by: a generation can do without.
std::vector<Sha256> leave_out_damaged_bytecode(std::vector<WantedPackage>& wanted);

/// Looks at every file's content: placing finds by it what size and time do not show. One for each tree that is not what was verified.
std::vector<TreeDamage> damaged_trees(const std::vector<WantedPackage>& wanted);

}  // namespace torchup
