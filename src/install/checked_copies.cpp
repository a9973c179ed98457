#include "src/install/checked_copies.hpp"

#include "torchup/system/hash.hpp"

namespace torchup {
namespace {

constexpr std::size_t k_enough_bytes = 256 << 10;  // read, hashed and written before they leave the processor's cache

}  // namespace

Status CheckedCopies::take(const PlannedFile& file) {
  const TreeFile& source = *file.placement.source;
  const auto size = static_cast<std::size_t>(source.size);
  if (m_used + size > k_enough_bytes) TORCHUP_TRY(flush());
  m_bytes.resize(k_enough_bytes);
  TORCHUP_TRY(m_trees[file.wheel].read_into(source, std::span(m_bytes).subspan(m_used, size)));
  m_gathered.push_back({&file, m_used});
  m_used += size;
  return {};
}

Status CheckedCopies::flush() {
  const auto bytes_of = [&](const Content& content) {
    return std::span<const std::byte>(m_bytes).subspan(content.offset, static_cast<std::size_t>(content.file->placement.source->size));
  };
  std::vector<Sha256Stream> streams(m_gathered.size());
  std::vector<Sha256Stream::Piece> pieces;
  for (std::size_t i = 0; i < m_gathered.size(); ++i) pieces.push_back({&streams[i], bytes_of(m_gathered[i])});
  Sha256Stream::update_side_by_side(pieces);
  for (std::size_t i = 0; i < m_gathered.size(); ++i) {
    const PlannedFile& file = *m_gathered[i].file;
    TORCHUP_TRY(m_trees[file.wheel].check_digest(*file.placement.source, streams[i].finish()));
    TORCHUP_TRY(m_write(file, bytes_of(m_gathered[i])));
  }
  m_gathered.clear();
  m_used = 0;
  return {};
}

}  // namespace torchup
