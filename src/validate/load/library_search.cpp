#include "src/validate/load/library_search.hpp"

#include <fstream>
#include <iterator>
#include <system_error>

namespace torchup {

namespace {

namespace fs = std::filesystem;

/// $ORIGIN and ${ORIGIN} are the folder of the object; other variables are rare, and left as they are.
fs::path expanded(std::string directory, const fs::path& origin) {
  for (const std::string variable : {"${ORIGIN}", "$ORIGIN"}) {
    for (auto at = directory.find(variable); at != std::string::npos; at = directory.find(variable)) {
      directory.replace(at, variable.size(), origin.string());
    }
  }
  return fs::path(directory).lexically_normal();
}

/// The loader passes over files of another machine.
bool is_usable(const fs::path& path, std::uint16_t machine) {
  std::error_code error;
  if (!fs::is_regular_file(path, error)) return false;
  const auto file = read_elf_file(path);
  return file && file->machine == machine;
}

}  // namespace

LibrarySearch::LibrarySearch(LoaderCache cache, std::vector<fs::path> preloaded, std::vector<fs::path> default_folders)
    : m_cache(std::move(cache)), m_preloaded(std::move(preloaded)), m_default_folders(std::move(default_folders)) {}

std::optional<fs::path> LibrarySearch::find(const ElfFile& object, const fs::path& origin, const std::string& name) const {
  std::vector<fs::path> candidates;
  if (name.find('/') != std::string::npos) {
    candidates.push_back(expanded(name, origin));
  } else {
    for (const std::string& directory : object.runpath.empty() ? object.rpath : object.runpath)
      candidates.push_back(expanded(directory, origin) / name);
    for (const fs::path& folder : m_preloaded) candidates.push_back(folder / name);
    if (const auto cached = m_cache.find(name); cached != m_cache.end())
      candidates.insert(candidates.end(), cached->second.begin(), cached->second.end());
    for (const fs::path& folder : m_default_folders) candidates.push_back(folder / name);
  }
  for (const fs::path& candidate : candidates) {
    if (is_usable(candidate, object.machine)) return candidate;
  }
  return std::nullopt;
}

LibrarySearch system_library_search(std::vector<fs::path> preloaded) {
  std::ifstream file("/etc/ld.so.cache", std::ios::binary);
  const std::string bytes{std::istreambuf_iterator<char>(file), {}};
  auto cache = parse_loader_cache(bytes);  // a system without a cache has its libraries in the default folders
  const std::string triplet = own_elf_machine() == k_elf_machine_aarch64 ? "aarch64-linux-gnu" : "x86_64-linux-gnu";
  return {cache ? std::move(*cache) : LoaderCache{},
          std::move(preloaded),
          {"/lib/" + triplet, "/usr/lib/" + triplet, "/lib64", "/usr/lib64", "/lib", "/usr/lib"}};
}

}  // namespace torchup
