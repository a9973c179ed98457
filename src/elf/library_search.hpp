#pragma once
// Finds a needed library the way the dynamic loader does, without loading anything (ld.so(8): the RPATH of the object and of
// those that brought it, LD_LIBRARY_PATH, the object's own RUNPATH, the loader's cache, the default folders), and where torch
// itself looks first. Used by validate, which leaves LD_LIBRARY_PATH out since an environment that needs it does not stand
// alone, and by the doctor, which asks what it changes.

#include "src/elf/elf_file.hpp"
#include "src/elf/loader_cache.hpp"

#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace torchup {

/// An object that asks for a library.
struct LoadingObject {
  const ElfFile& file;
  const std::filesystem::path& folder;  ///< $ORIGIN: where the object lies.
};

class LibrarySearch {
 public:
  /// `preloaded` are folders whose libraries are in the process before anything looks for them; `told` those of LD_LIBRARY_PATH.
  LibrarySearch(LoaderCache cache, std::vector<std::filesystem::path> preloaded, std::vector<std::filesystem::path> default_folders,
                std::vector<std::filesystem::path> told = {});

  /// The file that an object at `origin` gets for a name; nothing where there is none for `machine`.
  std::optional<std::filesystem::path> find(const ElfFile& object, const std::filesystem::path& origin, const std::string& name) const;

  /// The same for the first object of a chain, each of which was brought by the next one. The chain is never empty.
  std::optional<std::filesystem::path> find(std::span<const LoadingObject> chain, const std::string& name) const;

 private:
  LoaderCache m_cache;
  std::vector<std::filesystem::path> m_preloaded, m_default_folders, m_told;
};

/// What this machine's loader knows: /etc/ld.so.cache and the folders built into it.
LibrarySearch system_library_search(std::vector<std::filesystem::path> preloaded, std::vector<std::filesystem::path> told = {});

/// The folders of a variable such as LD_LIBRARY_PATH, between colons or semicolons; an empty one is `here`, the current folder.
std::vector<std::filesystem::path> library_path_folders(std::string_view text, const std::filesystem::path& here);

}  // namespace torchup
