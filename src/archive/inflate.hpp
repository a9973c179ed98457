#pragma once
// Raw deflate (RFC 1951), whole or as a stream, and CRC-32. Whole data goes through libdeflate, which is fastest; data
// too big for memory through ISA-L, nearly as fast and with a window only. `verify` and the index client use it.

#include "torchup/core/result.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>

namespace torchup {

/// Inflates into exactly `out`. False where the stream is malformed, or where it or its output ends anywhere else.
bool inflate_exactly(std::span<const std::byte> in, std::span<std::byte> out);

/// CRC-32 (ISO 3309, as ZIP uses it), continued from `crc`; 0 starts.
std::uint32_t crc32_of(std::span<const std::byte> bytes, std::uint32_t crc = 0);

/// A deflate stream in pieces; memory stays below 512 KiB whatever its size. One thread at a time.
class InflateStream {
 public:
  InflateStream();
  ~InflateStream();
  InflateStream(InflateStream&&) noexcept;
  InflateStream& operator=(InflateStream&&) noexcept;

  struct Step {
    std::size_t consumed = 0;  ///< Bytes taken of `in`.
    std::size_t produced = 0;  ///< Bytes written to `out`.
    bool finished = false;     ///< The stream's last block has ended.
    std::size_t excess = 0;    ///< Once finished: bytes taken, in this step or before, that lie behind the stream's end.
    bool malformed = false;    ///< No more can be had.
  };

  /// Goes on until `in` is used up, `out` is full or the stream ends.
  Step advance(std::span<const std::byte> in, std::span<std::byte> out);

 private:
  struct State;
  std::unique_ptr<State> m_state;
};

}  // namespace torchup
