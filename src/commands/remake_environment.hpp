#pragma once
// Another generation of an environment from the lock that its current one was made from: what `doctor --fix` does about files that
// are missing or changed.

#include "src/commands/application.hpp"

#include <filesystem>

namespace torchup {

/// Makes, validates and activates it; gives its number. Wheels come from the store, or are downloaded anew. An environment whose
/// generation has no lock is ErrorKind::host; fails as an install does, and then the present generation stands.
Result<unsigned> remake_environment(Application& application, const std::filesystem::path& root);

}  // namespace torchup
