#pragma once
// torchup-generation.json: what a generation holds, in its own folder. Its presence makes a generation whole, so it is
// written last, when the generation is put in use. Read by everything that lists environments; hostile like any input.

#include "torchup/core/result.hpp"
#include "torchup/install/environment.hpp"

#include "src/install/folder.hpp"
#include "src/install/python_layout.hpp"

#include <filesystem>
#include <string>

namespace torchup {

/// The file's text. Stable: the same generation gives the same bytes.
std::string write_generation_manifest(const Generation& generation, const PythonLayout& python);

/// Reads DIR/generations/N/torchup-generation.json, at most 16 MiB. ErrorKind::host where it is missing or malformed.
Result<Generation> read_generation_manifest(const std::filesystem::path& root, unsigned number);

/// The same for what can be made anew: inside, why a manifest that is missing or malformed counts for nothing; outside,
/// ErrorKind::host where there is one that cannot be read just now, which says nothing of the generation.
Result<Result<Generation>> judge_generation_manifest(const std::filesystem::path& root, unsigned number);

/// Removes a generation from DIR/generations: its manifest first, so that a half-removed one never counts as whole.
Status remove_generation(const Folder& generations, unsigned number);

/// A generation's paths, from where it lies and what its interpreter is; no packages yet.
Generation generation_at(const std::filesystem::path& root, unsigned number, const PythonLayout& python);

}  // namespace torchup
