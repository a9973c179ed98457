#pragma once
// Gets a wheel's METADATA without the wheel: its `.metadata` file (PEP 658) where the index offers one, else the archive's
// end by range requests. Only from a server that knows neither is the wheel itself read, up to a limit.

#include "src/index/index_cache.hpp"
#include "src/index/request_queue.hpp"

#include <functional>

namespace torchup {

inline constexpr std::uint64_t k_first_tail = 16U << 10;  ///< Enough for the directory of nine wheels in ten.
inline constexpr std::uint64_t k_longest_tail = 64U << 20;
inline constexpr std::uint64_t k_whole_wheel_limit = 256U << 20;  ///< Of a wheel that can only be read whole.

/// `done` runs once, inside the queue's `drive`. A server that cannot be reached is ErrorKind::network; an archive that
/// breaks a ZIP rule or holds no single METADATA is ErrorKind::integrity. `queue` must outlive the reading.
void read_wheel_metadata(RequestQueue& queue, const ProjectFile& file, std::function<void(Result<RawMetadata>)> done);

/// Learns a file's size from a request for its last byte.
void read_wheel_size(RequestQueue& queue, const ProjectFile& file, std::function<void(Result<std::uint64_t>)> done);

}  // namespace torchup
