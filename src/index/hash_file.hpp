#pragma once
// Reads a file of an index from its first byte to its last for the sake of its hash: for indexes that give none.

#include "torchup/core/diagnostics.hpp"

#include "src/index/index_cache.hpp"
#include "src/index/request_queue.hpp"

#include <filesystem>
#include <functional>

namespace torchup {

inline constexpr std::uint64_t k_largest_hashed_file = 32ULL << 30;

/// `done` runs once, inside the queue's `drive`. What cannot be read whole, or is not of the size that the index says, is
/// ErrorKind::network. The bytes are kept as a part in the folder `parts` (kept_part.hpp), or not where it is empty. `queue` and
/// `diagnostics` must outlive the reading.
void hash_file(RequestQueue& queue, const ProjectFile& file, const std::filesystem::path& parts, Diagnostics& diagnostics,
               std::function<void(Result<HashedFile>)> done);

}  // namespace torchup
