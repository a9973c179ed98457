#pragma once
// SHA-256's compression function on several independent messages at once (FIPS 180-4, section 6.2). One message leaves a
// processor with SHA instructions waiting for the last round's result most of the time; the rounds of others fill that time.
// Private to hash.cpp.

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

namespace torchup {

/// One message: its state, a..h in order, and the next of its blocks.
struct Sha256Lane {
  std::array<std::uint32_t, 8> state{};
  const std::byte* next = nullptr;
};

constexpr std::size_t k_most_sha256_lanes = 3;  ///< A fourth has no registers left, and all become slower.

/// Whether this processor has the instructions; `compress_lanes` may be called only then.
bool has_sha256_lanes();

/// Takes `blocks` blocks of 64 bytes of every lane and moves `next` behind them. At most `k_most_sha256_lanes` lanes.
void compress_lanes(std::span<Sha256Lane> lanes, std::size_t blocks);

}  // namespace torchup
