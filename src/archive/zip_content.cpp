#include "src/archive/zip_content.hpp"

#include "torchup/system/file_descriptor.hpp"

#include "src/archive/inflate.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <fcntl.h>
#include <utility>

namespace torchup {
namespace {

constexpr std::uint64_t k_whole_up_to = 2ULL << 20;
constexpr std::size_t k_piece = 256ULL << 10;   // of compressed data
constexpr std::size_t k_window = 512ULL << 10;  // of content

using Outcome = Result<std::optional<BrokenRule>>;

BrokenRule bad_deflate(const ZipEntry& entry) {
  return {"bad-deflate", fmt::format("the data of `{}` does not inflate to its {} bytes", entry.name, entry.size)};
}

std::optional<BrokenRule> check_crc(const ZipEntry& entry, std::uint32_t crc) {
  if (crc == entry.crc32) return std::nullopt;
  return BrokenRule{"bad-crc", fmt::format("the content of `{}` has the CRC-32 {:08x}, not {:08x}", entry.name, crc, entry.crc32)};
}

tl::unexpected<Error> became_shorter(const ByteSource& archive) {
  return failure({ErrorKind::integrity, fmt::format("`{}` became shorter while it was read", archive.path().string()), {}, {}});
}

/// Reads exactly; an archive that became shorter meanwhile is an error.
Status fill(const ByteSource& archive, std::uint64_t offset, std::span<std::byte> into) {
  TORCHUP_TRY_ASSIGN(const std::size_t read, archive.read_at(offset, into));
  if (read == into.size()) return {};
  return became_shorter(archive);
}

std::span<std::byte> room(AlignedBuffer& buffer, std::uint64_t size) { return buffer.room(static_cast<std::size_t>(size)); }

Outcome read_whole(const ByteSource& archive, const PlacedEntry& placed, ContentBuffers& buffers, const ContentSink& sink) {
  const ZipEntry& entry = placed.entry;
  const std::span<std::byte> content = room(buffers.out, entry.size);
  if (entry.method == k_zip_stored) {
    TORCHUP_TRY(fill(archive, placed.data_offset, content));
  } else {
    const std::span<std::byte> in = room(buffers.in, entry.compressed_size);
    TORCHUP_TRY(fill(archive, placed.data_offset, in));
    if (!inflate_exactly(in, content)) return bad_deflate(entry);
  }
  if (auto broken_rule = check_crc(entry, crc32_of(content))) return broken_rule;
  TORCHUP_TRY(sink(buffers.out, content.size()));
  return std::nullopt;
}

Outcome copy_stored(const ByteSource& archive, const PlacedEntry& placed, ContentBuffers& buffers, const ContentSink& sink) {
  const ZipEntry& entry = placed.entry;
  std::uint32_t crc = 0;
  for (std::uint64_t done = 0; done < entry.size;) {
    const std::span<std::byte> piece = room(buffers.out, std::min<std::uint64_t>(k_window, entry.size - done));
    TORCHUP_TRY(fill(archive, placed.data_offset + done, piece));
    crc = crc32_of(piece, crc);
    done += piece.size();
    TORCHUP_TRY(sink(buffers.out, piece.size()));
  }
  return check_crc(entry, crc);
}

/// A deflated content that is too big to hold, through a window that is handed on whenever it is full. The inflater keeps what it
/// looks back to by itself.
class StreamedContent {
 public:
  StreamedContent(const ZipEntry& entry, const ContentSink& sink, AlignedBuffer& memory)
      : m_entry(entry), m_sink(sink), m_memory(memory), m_window(room(memory, k_window)) {}

  /// Inflates one piece of the data completely.
  Outcome take(std::span<const std::byte> piece) {
    while (true) {
      if (m_finished) return bad_deflate(m_entry);  // data goes on behind the stream's end
      const InflateStream::Step step = m_stream.advance(piece, m_window.subspan(m_filled));
      if (step.malformed || step.produced > m_entry.size - m_produced) return bad_deflate(m_entry);
      m_filled += step.produced;
      m_produced += step.produced;
      m_finished = step.finished;
      m_excess = step.excess;
      piece = piece.subspan(step.consumed);
      const bool window_is_full = m_filled == m_window.size();
      if (window_is_full) TORCHUP_TRY(hand_on());
      if (piece.empty() && !(window_is_full && !m_finished)) return std::nullopt;
    }
  }

  Outcome finish() {
    TORCHUP_TRY(hand_on());
    if (!m_finished || m_excess != 0 || m_produced != m_entry.size) return bad_deflate(m_entry);
    return check_crc(m_entry, m_crc);
  }

 private:
  Status hand_on() {
    const auto content = std::span<const std::byte>(m_window).first(std::exchange(m_filled, 0));
    if (content.empty()) return {};
    m_crc = crc32_of(content, m_crc);
    TORCHUP_TRY(m_sink(m_memory, content.size()));
    m_window = room(m_memory, k_window);
    return {};
  }

  const ZipEntry& m_entry;
  const ContentSink& m_sink;
  AlignedBuffer& m_memory;
  std::span<std::byte> m_window;
  std::size_t m_filled = 0;
  InflateStream m_stream;
  std::uint64_t m_produced = 0;
  std::uint32_t m_crc = 0;
  std::size_t m_excess = 0;
  bool m_finished = false;
};

Outcome inflate_streamed(const ByteSource& archive, const PlacedEntry& placed, ContentBuffers& buffers, const ContentSink& sink) {
  const ZipEntry& entry = placed.entry;
  StreamedContent content(entry, sink, buffers.out);
  for (std::uint64_t done = 0; done < entry.compressed_size;) {
    const std::span<std::byte> piece = room(buffers.in, std::min<std::uint64_t>(k_piece, entry.compressed_size - done));
    TORCHUP_TRY_ASSIGN(const LentBytes data, archive.lend(placed.data_offset + done, piece));
    if (data.bytes.empty()) return became_shorter(archive);
    TORCHUP_TRY_ASSIGN(std::optional<BrokenRule> broken_rule, content.take(data.bytes));
    if (broken_rule) return broken_rule;
    done += data.bytes.size();
  }
  return content.finish();
}

}  // namespace

Outcome read_content(const ByteSource& archive, const PlacedEntry& placed, ContentBuffers& buffers, const ContentSink& sink) {
  const ZipEntry& entry = placed.entry;
  if (entry.size <= k_whole_up_to && entry.compressed_size <= k_whole_up_to) return read_whole(archive, placed, buffers, sink);
  return entry.method == k_zip_stored ? copy_stored(archive, placed, buffers, sink) : inflate_streamed(archive, placed, buffers, sink);
}

Outcome check_archive(const std::filesystem::path& path) {
  TORCHUP_TRY_ASSIGN(const FileDescriptor file, FileDescriptor::open(path, O_RDONLY));
  TORCHUP_TRY_ASSIGN(Ruling<ZipLayout> layout, frame_archive(file));
  if (!layout) return std::move(layout).error();
  ContentBuffers buffers;
  for (const PlacedEntry& placed : layout->entries) {
    TORCHUP_TRY_ASSIGN(std::optional<BrokenRule> broken_rule,
                       read_content(file, placed, buffers, [](auto&, auto) -> Status { return {}; }));
    if (broken_rule) return broken_rule;
  }
  return std::nullopt;
}

}  // namespace torchup
