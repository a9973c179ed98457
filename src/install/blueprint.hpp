#pragma once
// A whole generation on paper: every folder and every file it will have, who owns which, before anything is written.
// `stage_generation` draws it, checks the disk against it and builds it.

#include "src/install/install.hpp"
#include "src/install/wheel_layout.hpp"

#include <cstddef>
#include <string>
#include <vector>

namespace torchup {

struct PlannedFile {
  std::size_t wheel = 0;  ///< Which of the trees its source lies in.
  Placement placement;
};

struct Blueprint {
  std::vector<std::string> folders;        ///< Parents first.
  std::vector<PlannedFile> files;          ///< Grouped by wheel; none twice.
  std::vector<InstalledPackage> packages;  ///< Sorted by name, files and bytes counted.
};

/// Opens each wanted package's tree, then those of their bytecode. `wanted` and `trees` must outlive the blueprint.
Result<std::vector<OpenTree>> open_trees(const std::vector<WantedPackage>& wanted);

/// ErrorKind::install naming both where two wheels have a file at one path with different content, where a file of one is a
/// folder of another, or where a wheel has a file that the environment itself needs there. Same content is no conflict.
/// Bytecode stands beside each source that its wheel has, and in no RECORD.
Result<Blueprint> draw_blueprint(const std::vector<WantedPackage>& wanted, const std::vector<OpenTree>& trees, const PythonLayout& python);

}  // namespace torchup
