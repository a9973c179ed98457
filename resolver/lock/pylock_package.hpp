#pragma once
// One [[packages]] table of pylock.toml. Used by pylock_read.cpp only.

#include "torchup/resolver/lockfile.hpp"

#include "resolver/lock/key_reader.hpp"

namespace torchup {

/// Reads a package that is locked as wheels from URLs; every other source is ErrorKind::lock naming key and package.
Result<LockedPackage> read_locked_package(const KeyReader& reader);

}  // namespace torchup
