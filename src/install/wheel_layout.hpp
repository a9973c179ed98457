#pragma once
// Where each file of one wheel goes in an environment, and what the installer adds to them (packaging.python.org "binary
// distribution format", "installing a wheel"). Reads only a wheel's scripts and entry points; writes nothing.

#include "torchup/install/verified_artifact.hpp"

#include "src/install/python_layout.hpp"
#include "src/install/tree_file.hpp"

#include <chrono>
#include <optional>
#include <string>
#include <vector>

namespace torchup {

/// One file of a generation: a file of a wheel's tree, or text that is written.
struct Placement {
  std::string path;                  ///< Relative to the generation.
  const TreeFile* source = nullptr;  ///< Nothing: `content` is written.
  std::string content = {};
  bool executable = false;
  std::optional<std::chrono::sys_seconds> modified = {};  ///< Where it must have a certain time.
};

struct WheelLayout {
  std::string dist_info;         ///< "torch-2.15.0.dist-info"
  std::vector<Placement> files;  ///< All but RECORD, sorted by path.
};

enum class Requested { no, yes };

/// Points into the artifact's manifest, which must outlive it. What cannot be installed (no or several dist-info folders, an
/// unknown scheme, a path that leaves the environment, a bad entry point) is ErrorKind::integrity.
Result<WheelLayout> lay_out_wheel(const ArtifactManifest& manifest, const OpenTree& tree, const PythonLayout& python, Requested requested);

/// RECORD's text: every file of the layout and RECORD itself.
std::string record_of(const WheelLayout& layout, const PythonLayout& python);

}  // namespace torchup
