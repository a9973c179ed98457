#pragma once
// An entry's content out of an archive that `frame_archive` has passed: small contents whole, big ones in pieces, each to
// its exact size and CRC-32. `verify` unpacks and checks through it.

#include "torchup/core/result.hpp"
#include "torchup/system/aligned_buffer.hpp"
#include "torchup/system/byte_source.hpp"

#include "src/archive/broken_rule.hpp"
#include "src/archive/zip_framing.hpp"

#include <cstddef>
#include <functional>
#include <optional>
#include <span>

namespace torchup {

/// Memory that one worker keeps from entry to entry: at most 4 MiB.
struct ContentBuffers {
  AlignedBuffer in, out;
};

/// Takes the content in order, the first `size` bytes of a piece at a time; a failure ends the reading with it. The sink may
/// keep the piece's memory and put other there. A big content comes in pieces of which all but the last are multiples of
/// `k_direct_alignment`.
using ContentSink = std::function<Status(AlignedBuffer& piece, std::size_t size)>;

/// Reads one content into the sink. Nothing where all held, or the broken rule: `bad-deflate`, `bad-size` or `bad-crc`. The
/// sink may have taken bytes of a content that turns out to be broken.
Result<std::optional<BrokenRule>> read_content(const ByteSource& archive, const PlacedEntry& placed, ContentBuffers& buffers,
                                               const ContentSink& sink);

/// The whole strict pass, framing and contents: nothing where the archive keeps all rules, or the first that it breaks.
Result<std::optional<BrokenRule>> check_archive(const std::filesystem::path& path);

}  // namespace torchup
