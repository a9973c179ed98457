#pragma once
// What would be in a process after some libraries were loaded one after the other, by the loader's own rules and without loading
// anything: breadth first, a name that is there already is taken from there (ld.so(8), dlopen(3)). The doctor compares two
// simulations, one with LD_LIBRARY_PATH and one without.

#include "src/elf/library_search.hpp"

#include <cstddef>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace torchup {

struct SimulatedLibrary {
  std::filesystem::path path;
  std::string name;                     ///< As it was asked for: "libnccl.so.2"; the path for one that was loaded by it.
  std::optional<std::size_t> asked_by;  ///< The place of the library that needed it first; nothing for those loaded by path.
};

/// The libraries in the order in which they would come, at most four thousand. What is not found or cannot be read is left out.
std::vector<SimulatedLibrary> simulate_load(const std::vector<std::filesystem::path>& in_order, const LibrarySearch& search);

}  // namespace torchup
