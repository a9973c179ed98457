#pragma once
// One [[packages]] table of pylock.toml. Used by pylock_read.cpp only.

#include "torchup/resolver/lockfile.hpp"

#include "resolver/lock/key_reader.hpp"

#include <variant>

namespace torchup {

/// A package that can be installed, or one that is only kept.
using LockEntry = std::variant<LockedPackage, KeptEntry>;

/// Reads an entry; what breaks PEP 751 is ErrorKind::lock naming key and package.
Result<LockEntry> read_lock_entry(const KeyReader& reader);

}  // namespace torchup
