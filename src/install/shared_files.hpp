#pragma once
// Which files of an environment may be the store's own. An edit through a hard link reaches the store and every other environment,
// so that what people edit is copied. A new kind of file that nobody edits is one more word in a table of shared_files.cpp.

#include "torchup/install/environment.hpp"

#include "src/install/wheel_layout.hpp"

namespace torchup {

/// Whether a file of the store is better shared by a hard link, where it cannot be cloned and the mode allows links: large files, what
/// compilers and other tools made or read, tests, and what a wheel says of itself; never Python's sources but those of tests. With
/// LinkMode::hardlink every file. A file that needs a time of its own is never shared, nor, unless all are, one without content.
bool is_worth_sharing(const Placement& placement, LinkMode mode);

}  // namespace torchup
