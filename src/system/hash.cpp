// OpenSSL's SHA-256 is called directly: its EVP layer, which 3.0 wants instead, first spends 2 ms on loading providers.
#define OPENSSL_API_COMPAT 10101

#include "torchup/system/hash.hpp"

#include "src/system/sha256_lanes.hpp"

#include <openssl/sha.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <functional>
#include <vector>

namespace torchup {
namespace {

constexpr std::size_t k_block = SHA256_CBLOCK;

/// OpenSSL refuses SHA-256 only when the library itself is broken: nothing that a caller could answer to.
void must(int answer) {
  if (answer != 1) {
    (void)std::fputs("torchup: OpenSSL cannot compute SHA-256\n", stderr);
    std::abort();
  }
}

}  // namespace

struct Sha256Stream::State {
  SHA256_CTX digest{};

  State() { restart(); }
  void restart() { must(SHA256_Init(&digest)); }
};

Sha256Stream::Sha256Stream() : m_state(std::make_unique<State>()) {}
Sha256Stream::~Sha256Stream() = default;
Sha256Stream::Sha256Stream(Sha256Stream&&) noexcept = default;
Sha256Stream& Sha256Stream::operator=(Sha256Stream&&) noexcept = default;

void Sha256Stream::update(std::span<const std::byte> bytes) { must(SHA256_Update(&m_state->digest, bytes.data(), bytes.size())); }

std::size_t Sha256Stream::lanes() { return has_sha256_lanes() ? k_most_sha256_lanes : 1; }

namespace {

/// A stream that is at a block's border, and the whole blocks that it has yet to take.
struct Lane {
  SHA256_CTX* digest;
  std::span<const std::byte> rest;

  std::size_t blocks() const { return rest.size() / k_block; }
};

/// As many blocks as the shortest lane has, off all of them.
void compress_shortest(std::span<Lane> lanes) {
  std::size_t blocks = lanes.front().blocks();
  for (const Lane& lane : lanes) blocks = std::min(blocks, lane.blocks());
  std::array<Sha256Lane, k_most_sha256_lanes> states;
  for (std::size_t i = 0; i < lanes.size(); ++i) {
    std::ranges::copy(lanes[i].digest->h, states[i].state.begin());
    states[i].next = lanes[i].rest.data();
  }
  compress_lanes(std::span(states).first(lanes.size()), blocks);
  for (std::size_t i = 0; i < lanes.size(); ++i) {
    SHA256_CTX& digest = *lanes[i].digest;
    std::ranges::copy(states[i].state, digest.h);
    const std::uint64_t bits = (std::uint64_t{digest.Nh} << 32 | digest.Nl) + std::uint64_t{blocks} * k_block * 8;
    digest.Nl = static_cast<SHA_LONG>(bits);
    digest.Nh = static_cast<SHA_LONG>(bits >> 32);
    lanes[i].rest = lanes[i].rest.subspan(blocks * k_block);
  }
}

}  // namespace

void Sha256Stream::update_side_by_side(std::span<const Piece> pieces) {
  std::vector<Lane> waiting;
  for (const Piece& piece : pieces) {
    SHA256_CTX& digest = piece.stream->m_state->digest;
    const std::size_t to_border = digest.num == 0 ? 0 : std::min(k_block - digest.num, piece.bytes.size());
    piece.stream->update(piece.bytes.first(to_border));
    waiting.push_back({&digest, piece.bytes.subspan(to_border)});
  }
  while (lanes() > 1 && !waiting.empty()) {
    std::ranges::sort(waiting, std::greater(), &Lane::blocks);  // the longest together
    if (waiting.front().blocks() == 0) break;
    const auto none = std::ranges::find(waiting, std::size_t{0}, &Lane::blocks);
    const auto with_blocks = std::span(waiting.begin(), none);
    compress_shortest(with_blocks.first(std::min(with_blocks.size(), lanes())));
  }
  for (const Lane& lane : waiting) must(SHA256_Update(lane.digest, lane.rest.data(), lane.rest.size()));
}

Sha256 Sha256Stream::finish() {
  Sha256::Bytes bytes{};
  static_assert(bytes.size() == SHA256_DIGEST_LENGTH);
  must(SHA256_Final(bytes.data(), &m_state->digest));
  m_state->restart();
  return Sha256(bytes);
}

Sha256 sha256(std::span<const std::byte> bytes) {
  Sha256Stream stream;
  stream.update(bytes);
  return stream.finish();
}

}  // namespace torchup
