#include "library_search.hpp"

#include "torchup/system/file_descriptor.hpp"

#include "src/elf/elf_file.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdlib>
#include <dlfcn.h>
#include <link.h>
#include <memory>
#include <unistd.h>

namespace torchup {
namespace {

constexpr std::uint64_t k_largest_cache = 16U << 20;

// Those that glibc looks through by itself on Debian, Fedora and their relatives; anything else is in the cache.
constexpr std::array k_folders = {"/lib",
                                  "/usr/lib",
                                  "/lib64",
                                  "/usr/lib64",
                                  "/lib/x86_64-linux-gnu",
                                  "/usr/lib/x86_64-linux-gnu",
                                  "/lib/aarch64-linux-gnu",
                                  "/usr/lib/aarch64-linux-gnu"};

/// Where the dynamic linker would look on behalf of this program; empty where it does not say.
std::vector<std::string> folders_of_program() {
  std::vector<std::string> folders;
  void* const program = ::dlopen(nullptr, RTLD_LAZY);
  Dl_serinfo size = {};
  if (program == nullptr || ::dlinfo(program, RTLD_DI_SERINFOSIZE, &size) != 0) return folders;
  const std::unique_ptr<Dl_serinfo, decltype(&std::free)> found(static_cast<Dl_serinfo*>(std::malloc(size.dls_size)), &std::free);
  if (found == nullptr || ::dlinfo(program, RTLD_DI_SERINFOSIZE, found.get()) != 0) return folders;
  if (::dlinfo(program, RTLD_DI_SERINFO, found.get()) != 0) return folders;
  for (unsigned i = 0; i < found->dls_cnt; ++i) folders.emplace_back(found->dls_serpath[i].dls_name);
  return folders;
}

bool is_of_this_machine(const std::string& path) {
  if (::access(path.c_str(), R_OK) != 0) return false;
  const auto machine = read_elf_machine(path);
  return machine && *machine == own_elf_machine();
}

/// The first of the folders that has a file of that name for this machine.
std::optional<std::string> find_in(const std::vector<std::string>& folders, const std::string& soname) {
  for (const std::string& folder : folders) {
    const auto path = (folder.empty() ? "." : folder) + "/" + soname;
    if (is_of_this_machine(path)) return path;
  }
  return std::nullopt;
}

std::vector<std::string> told_folders(const std::string& told) {
  std::vector<std::string> folders;
  for (std::size_t at = 0; !told.empty() && at <= told.size();) {
    const auto end = std::min(told.find_first_of(":;", at), told.size());
    folders.push_back(told.substr(at, end - at));
    at = end + 1;
  }
  return folders;
}

}  // namespace

LibraryPlaces library_places() {
  const char* const told = std::getenv("LD_LIBRARY_PATH");
  return {.told = told != nullptr ? told : "", .folders = folders_of_program()};
}

bool may_find_library(const std::string& soname, const LibraryPlaces& places) {
  if (!places.told.empty()) return true;
  for (const char* folder : k_folders) {
    if (::access((std::string(folder) + "/" + soname).c_str(), F_OK) == 0) return true;
  }
  for (const std::string& folder : places.folders) {
    if (::access((folder + "/" + soname).c_str(), F_OK) == 0) return true;
  }
  const auto cache = read_whole_file(places.cache, k_largest_cache);
  return !cache || cache->find(soname) != std::string::npos;
}

std::optional<std::string> LibraryFinder::find(const std::string& soname) {
  if (auto found = find_in(told_folders(m_places.told), soname)) return found;
  if (!m_cache) {
    const auto bytes = read_whole_file(m_places.cache, k_largest_cache);
    auto cache = bytes ? parse_loader_cache(*bytes) : Result<LoaderCache>(LoaderCache{});
    m_cache = cache ? *std::move(cache) : LoaderCache{};
  }
  if (const auto known = m_cache->find(soname); known != m_cache->end()) {
    const auto is_ours = [](const auto& path) { return is_of_this_machine(path.string()); };
    const auto at = std::find_if(known->second.begin(), known->second.end(), is_ours);
    if (at != known->second.end()) return at->string();
  }
  return find_in({k_folders.begin(), k_folders.end()}, soname);
}

}  // namespace torchup
