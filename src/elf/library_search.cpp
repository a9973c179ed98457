#include "src/elf/library_search.hpp"

#include <algorithm>
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

LibrarySearch::LibrarySearch(LoaderCache cache, std::vector<fs::path> preloaded, std::vector<fs::path> default_folders,
                             std::vector<fs::path> told)
    : m_cache(std::move(cache)),
      m_preloaded(std::move(preloaded)),
      m_default_folders(std::move(default_folders)),
      m_told(std::move(told)) {}

std::optional<fs::path> LibrarySearch::find(const ElfFile& object, const fs::path& origin, const std::string& name) const {
  const LoadingObject alone[] = {{object, origin}};
  return find(alone, name);
}

std::optional<fs::path> LibrarySearch::find(std::span<const LoadingObject> chain, const std::string& name) const {
  const LoadingObject& object = chain.front();
  std::vector<fs::path> candidates;
  const auto look_in = [&](const std::vector<fs::path>& folders) {
    for (const fs::path& folder : folders) candidates.push_back(folder / name);
  };
  const auto look_as_told_by = [&](const LoadingObject& by, const std::vector<std::string>& directories) {
    for (const std::string& directory : directories) candidates.push_back(expanded(directory, by.folder) / name);
  };
  if (name.find('/') != std::string::npos) {
    candidates.push_back(expanded(name, object.folder));
  } else {
    if (object.file.runpath.empty()) {
      for (const LoadingObject& by : chain) {
        if (by.file.runpath.empty()) look_as_told_by(by, by.file.rpath);
      }
    }
    look_in(m_told);
    look_as_told_by(object, object.file.runpath);
    look_in(m_preloaded);
    if (const auto cached = m_cache.find(name); cached != m_cache.end())
      candidates.insert(candidates.end(), cached->second.begin(), cached->second.end());
    look_in(m_default_folders);
  }
  for (const fs::path& candidate : candidates) {
    if (is_usable(candidate, object.file.machine)) return candidate;
  }
  return std::nullopt;
}

LibrarySearch system_library_search(std::vector<fs::path> preloaded, std::vector<fs::path> told) {
  std::ifstream file("/etc/ld.so.cache", std::ios::binary);
  const std::string bytes{std::istreambuf_iterator<char>(file), {}};
  auto cache = parse_loader_cache(bytes);  // a system without a cache has its libraries in the default folders
  const std::string triplet = own_elf_machine() == k_elf_machine_aarch64 ? "aarch64-linux-gnu" : "x86_64-linux-gnu";
  return {cache ? std::move(*cache) : LoaderCache{},
          std::move(preloaded),
          {"/lib/" + triplet, "/usr/lib/" + triplet, "/lib64", "/usr/lib64", "/lib", "/usr/lib"},
          std::move(told)};
}

std::vector<fs::path> library_path_folders(std::string_view text, const fs::path& here) {
  constexpr std::size_t k_most = 4096;
  std::vector<fs::path> folders;
  if (text.empty()) return folders;
  for (std::size_t start = 0; start <= text.size() && folders.size() < k_most;) {
    const std::size_t end = std::min(text.find_first_of(":;", start), text.size());
    const fs::path folder(text.substr(start, end - start));
    folders.push_back(folder.empty() || folder.is_relative() ? (here / folder).lexically_normal() : folder.lexically_normal());
    start = end + 1;
  }
  return folders;
}

}  // namespace torchup
