#include "src/system/sha256_lanes.hpp"

#if defined(__x86_64__)

#include <cpuid.h>
#include <immintrin.h>

// Compiled for these instructions whatever the build is for; only called where the processor has them.
#define TORCHUP_SHA_TARGET __attribute__((target("sha,sse4.1")))

namespace torchup {
namespace {

constexpr std::size_t k_block = 64;

/// FIPS 180-4, section 4.2.2.
alignas(16) constexpr std::array<std::uint32_t, 64> k_rounds{
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5, 0xd807aa98, 0x12835b01, 0x243185be,
    0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174, 0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa,
    0x5cb0a9dc, 0x76f988da, 0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967, 0x27b70a85,
    0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85, 0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3,
    0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070, 0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f,
    0x682e6ff3, 0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2};

__m128i load(const void* from) { return _mm_loadu_si128(static_cast<const __m128i*>(from)); }
void store(void* to, __m128i value) { _mm_storeu_si128(static_cast<__m128i*>(to), value); }

/// A message's state as the instructions want it, and the last sixteen words of its schedule.
struct Registers {
  __m128i abef, cdgh;
  __m128i words[4];
};

TORCHUP_SHA_TARGET inline Registers unpack(const Sha256Lane& lane) {
  const __m128i badc = _mm_shuffle_epi32(load(lane.state.data()), 0xB1);
  const __m128i hgfe = _mm_shuffle_epi32(load(lane.state.data() + 4), 0x1B);
  return {.abef = _mm_alignr_epi8(badc, hgfe, 8), .cdgh = _mm_blend_epi16(hgfe, badc, 0xF0), .words = {}};
}

TORCHUP_SHA_TARGET inline void pack(const Registers& registers, Sha256Lane& lane) {
  const __m128i feba = _mm_shuffle_epi32(registers.abef, 0x1B);
  const __m128i dchg = _mm_shuffle_epi32(registers.cdgh, 0xB1);
  store(lane.state.data(), _mm_blend_epi16(feba, dchg, 0xF0));
  store(lane.state.data() + 4, _mm_alignr_epi8(dchg, feba, 8));
}

/// Rounds 4 * step to 4 * step + 3 of one block, and what of the schedule can be made meanwhile.
TORCHUP_SHA_TARGET inline __attribute__((always_inline)) void four_rounds(Registers& lane, const std::byte* block, std::size_t step) {
  __m128i& now = lane.words[step % 4];
  __m128i& next = lane.words[(step + 1) % 4];
  __m128i& last = lane.words[(step + 3) % 4];
  if (step < 4) now = _mm_shuffle_epi8(load(block + 16 * step), _mm_set_epi64x(0x0c0d0e0f08090a0b, 0x0405060700010203));
  const __m128i sum = _mm_add_epi32(now, load(k_rounds.data() + 4 * step));
  lane.cdgh = _mm_sha256rnds2_epu32(lane.cdgh, lane.abef, sum);
  if (step >= 3 && step < 15) next = _mm_sha256msg2_epu32(_mm_add_epi32(next, _mm_alignr_epi8(now, last, 4)), now);
  lane.abef = _mm_sha256rnds2_epu32(lane.abef, lane.cdgh, _mm_shuffle_epi32(sum, 0x0E));
  if (step >= 1 && step < 13) last = _mm_sha256msg1_epu32(last, now);
}

/// Unrolled, so that everything stays in registers, and with the same step of every lane before the next step of any: that
/// is what hides the time that one takes.
template <std::size_t Lanes>
TORCHUP_SHA_TARGET void compress(Sha256Lane* lanes, std::size_t blocks) {
  Registers registers[Lanes];
  for (std::size_t i = 0; i < Lanes; ++i) registers[i] = unpack(lanes[i]);
  for (; blocks > 0; --blocks) {
    __m128i abef[Lanes], cdgh[Lanes];
    for (std::size_t i = 0; i < Lanes; ++i) {
      abef[i] = registers[i].abef;
      cdgh[i] = registers[i].cdgh;
    }
#pragma GCC unroll 16
    for (std::size_t step = 0; step < 16; ++step) {
#pragma GCC unroll 3
      for (std::size_t i = 0; i < Lanes; ++i) four_rounds(registers[i], lanes[i].next, step);
    }
    for (std::size_t i = 0; i < Lanes; ++i) {
      registers[i].abef = _mm_add_epi32(registers[i].abef, abef[i]);
      registers[i].cdgh = _mm_add_epi32(registers[i].cdgh, cdgh[i]);
      lanes[i].next += k_block;
    }
  }
  for (std::size_t i = 0; i < Lanes; ++i) pack(registers[i], lanes[i]);
}

}  // namespace

bool has_sha256_lanes() {
  static const bool has = [] {
    unsigned a = 0, b = 0, c = 0, d = 0;
    if (__get_cpuid(1, &a, &b, &c, &d) == 0 || (c & bit_SSE4_1) == 0) return false;
    return __get_cpuid_count(7, 0, &a, &b, &c, &d) != 0 && (b & bit_SHA) != 0;
  }();
  return has;
}

void compress_lanes(std::span<Sha256Lane> lanes, std::size_t blocks) {
  switch (lanes.size()) {
    case 1:
      return compress<1>(lanes.data(), blocks);
    case 2:
      return compress<2>(lanes.data(), blocks);
    case 3:
      return compress<3>(lanes.data(), blocks);
    default:
      return;
  }
}

}  // namespace torchup

#else

namespace torchup {

bool has_sha256_lanes() { return false; }
void compress_lanes(std::span<Sha256Lane>, std::size_t) {}

}  // namespace torchup

#endif
