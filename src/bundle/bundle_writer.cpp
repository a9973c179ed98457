#include "src/bundle/bundle_writer.hpp"

#include "torchup/system/hash.hpp"

#include "src/archive/inflate.hpp"
#include "src/archive/little_endian.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <span>
#include <utility>

namespace torchup {
namespace {

constexpr std::size_t k_piece = 4ULL << 20;
constexpr std::size_t k_crc_at = 14;  // in a local header

std::span<const std::byte> bytes_of(std::string_view text) { return std::as_bytes(std::span(text)); }

/// A text as something to copy from.
class TextSource final : public ByteSource {
 public:
  explicit TextSource(std::string_view text) : m_text(text) {}
  Result<std::uint64_t> size() const override { return m_text.size(); }
  Result<std::size_t> read_at(std::uint64_t offset, std::span<std::byte> into) const override {
    const auto there = bytes_of(m_text).subspan(std::min<std::size_t>(offset, m_text.size()));
    const std::size_t taken = std::min(there.size(), into.size());
    std::copy_n(there.begin(), taken, into.begin());
    return taken;
  }
  const std::filesystem::path& path() const override { return m_path; }

 private:
  std::string_view m_text;
  std::filesystem::path m_path = "memory";
};

struct Sums {
  Sha256 sha256;
  std::uint32_t crc32 = 0;
};

/// Reads so many bytes, sums them up and gives them to `take`; fewer are ErrorKind::integrity.
Result<Sums> sum_up(const ByteSource& source, std::uint64_t offset, std::uint64_t size, const Cancellation& cancellation,
                    const BundleWriter::Progress& progress,
                    const std::function<Status(std::uint64_t done, std::span<const std::byte>)>& take) {
  std::vector<std::byte> room(static_cast<std::size_t>(std::min<std::uint64_t>(size, k_piece)));
  Sha256Stream stream;
  std::uint32_t crc = 0;
  for (std::uint64_t done = 0; done < size;) {
    TORCHUP_TRY(cancellation.check());
    const auto wanted = std::span(room).first(static_cast<std::size_t>(std::min<std::uint64_t>(room.size(), size - done)));
    TORCHUP_TRY_ASSIGN(const std::size_t read, source.read_at(offset + done, wanted));
    if (read == 0) {
      return failure({ErrorKind::integrity, fmt::format("`{}` ends {} bytes too early", source.path().string(), size - done), {}, {}});
    }
    const auto piece = wanted.first(read);
    stream.update(piece);
    crc = crc32_of(piece, crc);
    TORCHUP_TRY(take(done, piece));
    done += read;
    if (progress) progress(done);
  }
  return Sums{stream.finish(), crc};
}

}  // namespace

Result<BundleWriter> BundleWriter::open(const std::filesystem::path& path, BundleLayout layout, std::optional<std::uint64_t> part_bytes) {
  TORCHUP_TRY_ASSIGN(PartedFile file, PartedFile::create(path, layout.size, part_bytes));
  BundleWriter writer(std::move(file), std::move(layout));
  TORCHUP_TRY(writer.begin());
  return writer;
}

Status BundleWriter::begin() {
  m_there.assign(m_layout.entries.size(), 0);
  TORCHUP_TRY_ASSIGN(const bool goes_on, is_begun());
  if (!goes_on) TORCHUP_TRY(m_file.clear());
  TORCHUP_TRY(m_file.write_at(m_layout.data[0], bytes_of(m_layout.manifest_text)));
  return write_record(0, crc32_of(bytes_of(m_layout.manifest_text)));
}

/// The record of an entry, and the content of the manifest, as an earlier run with the same manifest has left them.
Result<bool> BundleWriter::is_begun() const {
  if (!m_file.is_continued()) return false;
  StoredEntry entry = m_layout.entries[0];
  entry.crc32 = crc32_of(bytes_of(m_layout.manifest_text));
  const std::string wanted = stored_header(entry) + m_layout.manifest_text;
  std::vector<std::byte> there(wanted.size());
  TORCHUP_TRY_ASSIGN(const std::size_t read, m_file.read_at(0, there));
  return read == there.size() && std::ranges::equal(there, bytes_of(wanted));
}

Status BundleWriter::write_record(std::size_t at, std::uint32_t crc32) {
  StoredEntry& entry = m_layout.entries[at];
  entry.crc32 = crc32;
  m_there[at] = 1;
  return m_file.write_at(entry.header_offset, bytes_of(stored_header(entry)));
}

Result<bool> BundleWriter::has_record(std::size_t member) const {
  StoredEntry entry = m_layout.entries[member + 1];
  std::vector<std::byte> there(static_cast<std::size_t>(m_layout.data[member + 1] - entry.header_offset));
  TORCHUP_TRY_ASSIGN(const std::size_t read, m_file.read_at(entry.header_offset, there));
  if (read != there.size()) return false;
  entry.crc32 = u32_at(there, k_crc_at);
  return std::ranges::equal(there, bytes_of(stored_header(entry)));
}

Result<bool> BundleWriter::find(std::size_t member, const Cancellation& cancellation, const Progress& progress) {
  TORCHUP_TRY_ASSIGN(const bool has_one, has_record(member));
  if (!has_one) return false;
  const StoredEntry& entry = m_layout.entries[member + 1];
  TORCHUP_TRY_ASSIGN(const Sums sums, sum_up(m_file, m_layout.data[member + 1], entry.size, cancellation, progress,
                                             [](std::uint64_t, std::span<const std::byte>) { return Status(); }));
  if (sums.sha256 != m_layout.manifest.members[member].sha256) return false;
  TORCHUP_TRY(write_record(member + 1, sums.crc32));
  return true;
}

Status BundleWriter::put(std::size_t member, const ByteSource& source, std::uint64_t offset, const Cancellation& cancellation,
                         const Progress& progress) {
  const BundleMember& wanted = m_layout.manifest.members[member];
  const std::uint64_t start = m_layout.data[member + 1];
  TORCHUP_TRY_ASSIGN(const Sums sums,
                     sum_up(source, offset, wanted.size, cancellation, progress,
                            [&](std::uint64_t done, std::span<const std::byte> piece) { return m_file.write_at(start + done, piece); }));
  if (sums.sha256 != wanted.sha256) {
    return failure({ErrorKind::integrity,
                    fmt::format("`{}` changed while it was copied into the bundle: sha256 is `{}`, expected `{}`", wanted.path,
                                sums.sha256.hex(), wanted.sha256.hex()),
                    {},
                    {"try again"}});
  }
  return write_record(member + 1, sums.crc32);
}

Status BundleWriter::put(std::size_t member, std::string_view content) {
  const Cancellation nobody;
  return put(member, TextSource(content), 0, nobody, {});
}

Status BundleWriter::finish() {
  for (std::size_t i = 0; i < m_there.size(); ++i) {
    if (m_there[i] == 0) return failure({ErrorKind::internal, fmt::format("the bundle lacks `{}`", m_layout.entries[i].name), {}, {}});
  }
  TORCHUP_TRY(m_file.write_at(m_layout.directory, bytes_of(stored_directory(m_layout.entries, m_layout.directory))));
  return m_file.publish();
}

}  // namespace torchup
