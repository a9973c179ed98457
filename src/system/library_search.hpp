#pragma once
// Where the dynamic linker would find a library, without loading it: what it would look through is looked through. Used by the
// host system of this machine, also before it starts a child that would load a driver's library.

#include "src/elf/loader_cache.hpp"

#include <optional>
#include <string>
#include <utility>
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

/// Finds libraries one after the other; the cache is read once.
class LibraryFinder {
 public:
  LibraryFinder() : LibraryFinder(library_places()) {}
  explicit LibraryFinder(LibraryPlaces places) : m_places(std::move(places)) {}

  /// The file that programs without a run path of their own get for a soname: LD_LIBRARY_PATH's folders, the cache, the linker's
  /// own folders, files of other machine types passed over. Nothing where there is none.
  std::optional<std::string> find(const std::string& soname);

 private:
  LibraryPlaces m_places;
  std::optional<LoaderCache> m_cache;
};

}  // namespace torchup
