#pragma once
// The scripts that the environment's interpreter runs, laid out in a temporary folder, with a place beside them for whatever they
// write. Used by the Python leg; a new check is a new file below torchup_checks/.

#include "torchup/core/result.hpp"
#include "torchup/system/owned_folder.hpp"

#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace torchup {

struct EmbeddedFile {
  std::string_view path;  ///< "torchup_checks/features/export.py"
  std::string_view text;
};

/// All of them, ordered by path.
std::span<const EmbeddedFile> embedded_python_checks();

/// The names of the features that there are scripts for, ordered: "compile_modes", ...
std::vector<std::string> feature_names();

/// Removed with all that is in it when this ends.
class ScriptFolder {
 public:
  /// Below the folder for temporary files. ErrorKind::host where it cannot be written.
  static Result<ScriptFolder> make();

  std::filesystem::path entry() const { return m_root.path() / "torchup_checks" / "run.py"; }
  /// Empty at first: for the processes' temporary files and caches.
  std::filesystem::path scratch() const { return m_root.path() / "scratch"; }

 private:
  explicit ScriptFolder(OwnedFolder root) : m_root(std::move(root)) {}

  OwnedFolder m_root;
};

}  // namespace torchup
