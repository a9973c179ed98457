#pragma once
// Where interpreters may be: the active environment, PATH, pyenv's versions. Paths only; python_probe asks them.

#include "torchup/system/host_system.hpp"

#include <string>
#include <vector>

namespace torchup {

/// Absolute paths in the order that a user would want them, each interpreter once: links to one file count as one, but an
/// environment and the interpreter that it is made of are two. pyenv's shims are scripts; what they stand for is given instead.
std::vector<std::string> find_python_candidates(HostSystem& host);

}  // namespace torchup
