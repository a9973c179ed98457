#pragma once
// One file of a package in pylock.toml: a wheel or a source distribution. Used by the readers of packages only.

#include "torchup/resolver/lockfile.hpp"
#include "torchup/resolver/wheel_name.hpp"

#include "resolver/lock/key_reader.hpp"

#include <string>

namespace torchup {

/// The file where it has a URL and a sha256. Anything else that PEP 751 refuses, and a file without either, is ErrorKind::lock.
Result<LockedFile> read_locked_file(const KeyReader& reader);

/// Why a file that PEP 751 allows cannot be fetched and verified here; empty where it can. What PEP 751 refuses is ErrorKind::lock.
Result<std::string> why_file_is_unusable(const KeyReader& reader);

/// The file's name by the rules of PEP 751: `name`, else the end of `path`, else that of `url`.
Result<std::string> locked_file_name(const KeyReader& reader);

/// What a wheel's name says; of another package, or no wheel's, it is ErrorKind::lock. A wheel of another project in a package's
/// entry would be installed under the wrong name.
Result<WheelName> read_wheel_name(const KeyReader& reader, const std::string& file, const PackageName& package);

/// `url` or `path`, as every source that lies somewhere needs one (PEP 751).
Status check_location(const KeyReader& reader);

/// A table of at least one digest, each a text (PEP 751, "hashes").
Status check_hashes(const KeyReader& reader);

}  // namespace torchup
