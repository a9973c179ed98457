#pragma once
// What stands inside of a library, as text: its dynamic section, and texts that begin with certain letters. Used by
// posix_host_system.cpp; a recorded host has the answers without the library.

#include "torchup/core/result.hpp"

#include <string>
#include <vector>

namespace torchup {

/// See HostSystem::describe_library.
Result<std::string> library_description(const std::string& path);

/// See HostSystem::texts_in.
Result<std::vector<std::string>> find_texts(const std::string& path, const std::string& prefix);

}  // namespace torchup
