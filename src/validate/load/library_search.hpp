#pragma once
// Finds a needed library the way the dynamic loader does, without loading anything (ld.so(8): the object's own RPATH or
// RUNPATH, the loader's cache, the default folders), and then where torch itself looks first. LD_LIBRARY_PATH is left out:
// an environment that needs it does not stand alone.

#include "src/elf/elf_file.hpp"
#include "src/elf/loader_cache.hpp"

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace torchup {

class LibrarySearch {
 public:
  /// `preloaded` are folders whose libraries are in the process before anything looks for them.
  LibrarySearch(LoaderCache cache, std::vector<std::filesystem::path> preloaded, std::vector<std::filesystem::path> default_folders);

  /// The file that an object at `origin` gets for a name; nothing where there is none for `machine`.
  std::optional<std::filesystem::path> find(const ElfFile& object, const std::filesystem::path& origin, const std::string& name) const;

 private:
  LoaderCache m_cache;
  std::vector<std::filesystem::path> m_preloaded, m_default_folders;
};

/// What this machine's loader knows: /etc/ld.so.cache and the folders built into it.
LibrarySearch system_library_search(std::vector<std::filesystem::path> preloaded);

}  // namespace torchup
