#include "library_search.hpp"

#include "torchup/system/file_descriptor.hpp"

#include <array>
#include <cstdint>
#include <cstdlib>
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

}  // namespace

LibraryPlaces library_places() {
  const char* const told = std::getenv("LD_LIBRARY_PATH");
  return {.told = told != nullptr ? told : ""};
}

bool may_find_library(const std::string& soname, const LibraryPlaces& places) {
  if (!places.told.empty()) return true;
  for (const char* folder : k_folders) {
    if (::access((std::string(folder) + "/" + soname).c_str(), F_OK) == 0) return true;
  }
  const auto cache = read_whole_file(places.cache, k_largest_cache);
  return !cache || cache->find(soname) != std::string::npos;
}

}  // namespace torchup
