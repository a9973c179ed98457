#pragma once
// Every library that torch's libraries need, and theirs, followed without loading one: what is missing, what is found in the
// wrong place, which symbol versions are not there. Used by the check `needed` and by the doctor.

#include "torchup/core/cancellation.hpp"
#include "torchup/core/result.hpp"

#include "src/elf/library_search.hpp"

#include <compare>
#include <cstddef>
#include <filesystem>
#include <set>
#include <string>
#include <vector>

namespace torchup {

struct NeededFault {
  enum class Kind {
    unreadable,       ///< `object` is no library that can be read; `found` says why.
    other_machine,    ///< `object` is built for the machine that `found` names.
    missing,          ///< `object` needs `library`, which is nowhere.
    from_host,        ///< `object` needs `library` of an NVIDIA wheel, and would get the host's file `found`.
    version_missing,  ///< `object` needs `version` of `library`, which the file `found` does not have.
  };
  Kind kind = Kind::missing;
  std::string object;  ///< Relative to site-packages where it lies in it.
  std::string library = {};
  std::string version = {};
  std::string found = {};
  auto operator<=>(const NeededFault&) const = default;
};

/// The fault as one sentence.
std::string fault_text(const NeededFault& fault);

struct NeededLibraries {
  std::size_t visited = 0;
  std::set<NeededFault> faults = {};
  std::set<std::string> driver_libraries = {};  ///< Of drivers that this host does not have.
};

/// Starts at every library in torch/lib. Fails on cancellation only.
Result<NeededLibraries> walk_needed(const std::filesystem::path& site_packages, const LibrarySearch& search,
                                    const Cancellation& cancellation);

/// The same for a LibTorch folder: it starts at torch's own libraries in `root`/lib. What lies beside them and nothing of torch needs is a
/// plugin, such as one for a network of NVIDIA's, whose own needs most hosts do not have.
Result<NeededLibraries> walk_native_needed(const std::filesystem::path& root, const LibrarySearch& search,
                                           const Cancellation& cancellation);

/// The folders of the NVIDIA wheels' libraries, which torch loads before its own.
std::vector<std::filesystem::path> preloaded_folders(const std::filesystem::path& site_packages);

}  // namespace torchup
