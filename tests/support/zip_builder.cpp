#include "tests/support/zip_builder.hpp"

#include <algorithm>

namespace torchup::test {
namespace {

std::string local_record(const ZipRecord& record) {
  return little_endian_bytes(0x04034b50, 4) + little_endian_bytes(record.version_needed, 2) + little_endian_bytes(record.flags, 2) +
         little_endian_bytes(record.method, 2) + little_endian_bytes(0x58210000, 4) + little_endian_bytes(record.crc32, 4) +
         little_endian_bytes(record.compressed_size, 4) + little_endian_bytes(record.size, 4) + little_endian_bytes(record.name.size(), 2) +
         little_endian_bytes(record.extra.size(), 2) + record.name + record.extra;
}

std::string directory_record(const ZipRecord& record) {
  return little_endian_bytes(0x02014b50, 4) + little_endian_bytes(record.version_made_by, 2) +
         little_endian_bytes(record.version_needed, 2) + little_endian_bytes(record.flags, 2) + little_endian_bytes(record.method, 2) +
         little_endian_bytes(0x58210000, 4) + little_endian_bytes(record.crc32, 4) + little_endian_bytes(record.compressed_size, 4) +
         little_endian_bytes(record.size, 4) + little_endian_bytes(record.name.size(), 2) + little_endian_bytes(record.extra.size(), 2) +
         little_endian_bytes(record.comment.size(), 2) + little_endian_bytes(record.disk, 2) + little_endian_bytes(0, 2) +
         little_endian_bytes(record.external_attributes, 4) + little_endian_bytes(record.header_offset, 4) + record.name + record.extra +
         record.comment;
}

std::string end_record(const ZipEnd& end) {
  return little_endian_bytes(0x06054b50, 4) + little_endian_bytes(end.disk, 2) + little_endian_bytes(end.directory_disk, 2) +
         little_endian_bytes(end.entries_here, 2) + little_endian_bytes(end.entries, 2) + little_endian_bytes(end.directory_size, 4) +
         little_endian_bytes(end.directory_offset, 4) + little_endian_bytes(end.comment_size.value_or(end.comment.size()), 2) + end.comment;
}

}  // namespace

ZipBuilder& ZipBuilder::add(std::string name, std::string_view content, Compression compression, Change change) {
  const bool is_stored = compression == Compression::stored;
  const auto stored = [&](ZipRecord& local, ZipRecord& directory) {
    if (is_stored) local.method = directory.method = 0;
    if (change) change(local, directory);
  };
  return add_compressed(std::move(name), content, is_stored ? std::string(content) : deflated(content), stored);
}

ZipBuilder& ZipBuilder::add_compressed(std::string name, std::string_view content, std::string_view compressed, Change change) {
  ZipRecord local{.method = 8, .crc32 = crc32_by_definition(content), .compressed_size = compressed.size(), .size = content.size()};
  local.external_attributes = (name.ends_with('/') ? 040755U : 0100644U) << 16;
  local.name = std::move(name);
  local.header_offset = m_bytes.size();
  ZipRecord directory = local;
  if (change) change(local, directory);
  m_bytes += local_record(local);
  m_bytes += compressed;
  m_directory.push_back(std::move(directory));
  return *this;
}

ZipBuilder& ZipBuilder::raw(std::string_view bytes) {
  m_bytes += bytes;
  return *this;
}

ZipBuilder& ZipBuilder::change_end(std::function<void(ZipEnd&)> change) {
  m_change_end = std::move(change);
  return *this;
}

ZipBuilder& ZipBuilder::before_end(std::string bytes) {
  m_before_end = std::move(bytes);
  return *this;
}

std::string ZipBuilder::build() const {
  std::string directory;
  for (const ZipRecord& record : m_directory) directory += directory_record(record);
  ZipEnd end{.entries_here = m_directory.size(),
             .entries = m_directory.size(),
             .directory_size = directory.size(),
             .directory_offset = m_bytes.size()};
  if (m_change_end) m_change_end(end);
  return m_bytes + directory + m_before_end + end_record(end);
}

std::string little_endian_bytes(std::uint64_t value, std::size_t width) {
  std::string bytes;
  for (std::size_t i = 0; i < width; ++i) bytes += static_cast<char>(static_cast<unsigned char>(value >> (8 * i)));
  return bytes;
}

std::string deflated(std::string_view content) {
  constexpr std::size_t k_block = 0xffff;
  std::string stream;
  do {
    const std::string_view block = content.substr(0, k_block);
    content.remove_prefix(block.size());
    stream += content.empty() ? '\x01' : '\x00';
    stream += little_endian_bytes(block.size(), 2);
    stream += little_endian_bytes(~block.size(), 2);
    stream += block;
  } while (!content.empty());
  return stream;
}

std::uint32_t crc32_by_definition(std::string_view content) {
  std::uint32_t crc = 0xffffffff;
  for (const char character : content) {
    crc ^= static_cast<unsigned char>(character);
    for (int bit = 0; bit < 8; ++bit) crc = (crc >> 1) ^ ((crc & 1U) != 0 ? 0xedb88320 : 0U);
  }
  return ~crc;
}

}  // namespace torchup::test
