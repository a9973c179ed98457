#pragma once
// The files of a generation that belong to no package: interpreter links and pyvenv.cfg (PEP 405), activate scripts. The
// blueprint keeps their places free, `stage_generation` writes them.

#include "src/install/folder.hpp"
#include "src/install/python_layout.hpp"

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace torchup {

/// Folders that every generation has.
std::vector<std::string> environment_folders(const PythonLayout& python);

/// Paths that no package may have, as a file or as a folder.
std::vector<std::string> environment_paths(const PythonLayout& python);

/// Names that an entry of a generation cannot have, since DIR itself has them.
bool is_environment_name(std::string_view name);

/// Writes the files into a generation whose folders exist. `root` is DIR.
Status write_environment_files(const Folder& generation, const std::filesystem::path& root, const PythonLayout& python,
                               const std::string& prompt);

/// What a shell shows: the wish, else DIR's name, or its parent's where DIR's name begins with a dot. What a shell would
/// expand in a prompt becomes `_`.
std::string prompt_for(const std::filesystem::path& root, const std::string& wish);

}  // namespace torchup
