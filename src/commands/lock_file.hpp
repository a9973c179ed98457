#pragma once
// A lock file that a command looks at: read, with a word on what was read over.

#include "torchup/resolver/lockfile.hpp"

#include "src/commands/application.hpp"
#include "src/commands/parser.hpp"

#include <string>

namespace torchup {

inline constexpr OptionText k_lock_argument{"lock", "PYLOCK", "The lock; pylock.toml where none is named"};

/// Reads a lock; `-` is standard input. Keys that PEP 751 does not know are warned of. What cannot be read is
/// ErrorKind::usage, what is no lock ErrorKind::lock.
Result<Lockfile> read_lock_file(Application& application, const std::string& path);

}  // namespace torchup
