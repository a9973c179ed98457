#pragma once
// Whether loading a library can succeed at all, without loading it: what the dynamic linker would look through is looked through.
// posix_host_system.cpp asks before it starts a child that would load it.

#include <string>
#include <vector>

namespace torchup {

/// Where the dynamic linker looks for libraries; its folders by themselves, and those that ldconfig has listed.
struct LibraryPlaces {
  std::string cache = "/etc/ld.so.cache";
  std::string told = {};                  ///< LD_LIBRARY_PATH: what is told is not looked through.
  std::vector<std::string> folders = {};  ///< Of this program: its run path, and the linker's own (dlinfo(3), RTLD_DI_SERINFO).
};

/// This process's own.
LibraryPlaces library_places();

/// False only where no library of that soname can be found; true where that is not sure.
bool may_find_library(const std::string& soname, const LibraryPlaces& places = library_places());

}  // namespace torchup
