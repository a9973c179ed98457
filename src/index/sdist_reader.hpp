#pragma once
// Source distributions (PEP 625: NAME-VERSION.tar.gz) as far as a resolution goes: the archive off the network, and PKG-INFO
// out of it. Only of packages that the user allows to be built.

#include "src/index/index_cache.hpp"
#include "src/index/request_queue.hpp"

#include <functional>
#include <string>
#include <string_view>

namespace torchup {

inline constexpr std::uint64_t k_largest_sdist = 512ULL << 20;  ///< Compressed.

/// Whether the file name is one of a source distribution that can be read. Older forms (.zip, .tar.bz2) are not.
inline bool is_sdist(std::string_view filename) { return filename.ends_with(".tar.gz"); }

/// Downloads it whole. Bytes that have not the index's sha256 are ErrorKind::integrity. `done` runs once, inside the queue's
/// `drive`.
void read_sdist(RequestQueue& queue, const ProjectFile& file, std::function<void(Result<std::string>)> done);

/// The PKG-INFO in the archive's one top folder; `dynamic` where it does not bind what is built (PEP 643). An archive that breaks a
/// rule or has no PKG-INFO is ErrorKind::integrity.
Result<RawMetadata> pkg_info_of(std::string_view sdist, const ProjectFile& file);

}  // namespace torchup
