#pragma once
// The scripts that the environment's interpreter runs, laid out in a temporary folder, with a place beside them for whatever they
// write. Used by the Python leg; a new check is a new file below torchup_checks/.

#include "torchup/core/result.hpp"

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

  ScriptFolder(ScriptFolder&& other) noexcept;
  ScriptFolder& operator=(ScriptFolder&&) = delete;
  ~ScriptFolder();

  std::filesystem::path entry() const { return m_root / "torchup_checks" / "run.py"; }
  /// Empty at first: for the processes' temporary files and caches.
  std::filesystem::path scratch() const { return m_root / "scratch"; }

 private:
  explicit ScriptFolder(std::filesystem::path root);

  std::filesystem::path m_root;
};

}  // namespace torchup
