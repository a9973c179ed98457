#pragma once
// One entry out of memory: what a range request over its local header and data brought. The index client reads METADATA
// through it; `verify` unpacks whole wheels through `zip_framing` instead.

#include "torchup/core/result.hpp"

#include "src/archive/zip_directory.hpp"

#include <cstddef>
#include <span>
#include <string>

namespace torchup {

/// The entry's content. The bytes begin at `entry.header_offset` and reach at least to the data's end; what follows is
/// ignored. Header, sizes and CRC-32 must agree with the directory; content above 64 MiB is refused. A broken rule is
/// ErrorKind::integrity.
Result<std::string> read_entry(std::span<const std::byte> local_header_and_data, const ZipEntry& entry);

}  // namespace torchup
