#pragma once
// Entries of pylock.toml that torchup cannot install, though PEP 751 allows them. Used by pylock_package.cpp only.

#include "torchup/resolver/lockfile.hpp"

#include "resolver/lock/key_reader.hpp"

#include <optional>

namespace torchup {

/// Why the package cannot be installed from here; nothing where wheels or an sdist with a URL and a sha256 stand for it. An entry
/// with several kinds of source or none, or whose source breaks PEP 751, is ErrorKind::lock naming the key.
Result<std::optional<std::string>> why_only_kept(const KeyReader& reader, const PackageName& name);

/// The entry's keys that PEP 751 knows, in its order and in canonical form, a line each.
std::string kept_toml(const KeyReader& reader);

}  // namespace torchup
