#include "library_search.hpp"

#include "torchup/system/file_descriptor.hpp"

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

}  // namespace torchup
