#pragma once
// The dynamic loader's cache, /etc/ld.so.cache: which library of a name the system offers. Used by validate.

#include "torchup/core/result.hpp"

#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace torchup {

/// From a library's name to the paths that the cache gives for it, in its order; 32-bit entries are in it too.
using LoaderCache = std::map<std::string, std::vector<std::filesystem::path>, std::less<>>;

/// Reads the form that glibc 2.2 and later write ("glibc-ld.so.cache1.1"). Anything else is ErrorKind::integrity.
Result<LoaderCache> parse_loader_cache(std::string_view bytes);

}  // namespace torchup
