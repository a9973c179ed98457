#include "src/archive/inflate.hpp"

#include <isa-l/igzip_lib.h>
#include <libdeflate.h>

#include <algorithm>
#include <limits>

namespace torchup {
namespace {

struct FreeDecompressor {
  void operator()(libdeflate_decompressor* decompressor) const { libdeflate_free_decompressor(decompressor); }
};

/// One for each thread: making one costs as much as inflating a small file.
libdeflate_decompressor* decompressor_of_this_thread() {
  thread_local const std::unique_ptr<libdeflate_decompressor, FreeDecompressor> decompressor(libdeflate_alloc_decompressor());
  return decompressor.get();
}

std::uint32_t clamp_to_u32(std::size_t size) {
  return static_cast<std::uint32_t>(std::min<std::size_t>(size, std::numeric_limits<std::uint32_t>::max()));
}

}  // namespace

bool inflate_exactly(std::span<const std::byte> in, std::span<std::byte> out) {
  libdeflate_decompressor* const decompressor = decompressor_of_this_thread();
  if (decompressor == nullptr) return false;
  std::size_t consumed = 0;
  std::size_t produced = 0;
  const auto result = libdeflate_deflate_decompress_ex(decompressor, in.data(), in.size(), out.data(), out.size(), &consumed, &produced);
  return result == LIBDEFLATE_SUCCESS && consumed == in.size() && produced == out.size();
}

std::uint32_t crc32_of(std::span<const std::byte> bytes, std::uint32_t crc) {
  // libdeflate takes a null pointer as the request for the first value.
  return bytes.empty() ? crc : libdeflate_crc32(crc, bytes.data(), bytes.size());
}

struct InflateStream::State {
  inflate_state stream;
};

InflateStream::InflateStream() : m_state(std::make_unique<State>()) {
  isal_inflate_init(&m_state->stream);
  m_state->stream.crc_flag = ISAL_DEFLATE;
}
InflateStream::~InflateStream() = default;
InflateStream::InflateStream(InflateStream&&) noexcept = default;
InflateStream& InflateStream::operator=(InflateStream&&) noexcept = default;

InflateStream::Step InflateStream::advance(std::span<const std::byte> in, std::span<std::byte> out) {
  inflate_state& stream = m_state->stream;
  const std::uint32_t offered = clamp_to_u32(in.size());
  const std::uint32_t room = clamp_to_u32(out.size());
  // ISA-L declares its input as writable and only reads it.
  stream.next_in = reinterpret_cast<std::uint8_t*>(const_cast<std::byte*>(in.data()));
  stream.avail_in = offered;
  stream.next_out = reinterpret_cast<std::uint8_t*>(out.data());
  stream.avail_out = room;
  const int result = isal_inflate(&stream);

  Step step;
  step.consumed = offered - stream.avail_in;
  step.produced = room - stream.avail_out;
  step.malformed = result != ISAL_DECOMP_OK && result != ISAL_END_INPUT && result != ISAL_OUT_OVERFLOW;
  step.finished = !step.malformed && stream.block_state == ISAL_BLOCK_FINISH;
  if (step.finished) step.excess = static_cast<std::size_t>(stream.read_in_length) / 8;
  return step;
}

}  // namespace torchup
