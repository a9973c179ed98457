#include "src/verify/unpacked_file.hpp"

#include "torchup/system/aligned_buffer.hpp"

#include <cstdint>
#include <fcntl.h>

namespace torchup {
namespace {

/// Copying into the page cache costs a virtual machine up to 3 s of processor time for each GiB, writing past it 0.2 s
/// (docs/performance.md). Smaller files are most of them read soon, and by and by.
constexpr std::uint64_t k_direct_from = 16ULL << 20;

bool is_aligned(std::span<const std::byte> bytes) {
  return bytes.size() % k_direct_alignment == 0 && reinterpret_cast<std::uintptr_t>(bytes.data()) % k_direct_alignment == 0;
}

}  // namespace

Result<UnpackedFile> UnpackedFile::create(const FileDescriptor& tree, const ZipEntry& entry) {
  const unsigned mode = entry.is_executable() ? 0555 : 0444;
  TORCHUP_TRY_ASSIGN(FileDescriptor file, tree.open_below(entry.name, O_WRONLY | O_CREAT | O_EXCL, mode));
  TORCHUP_TRY(file.set_mode(mode));  // the umask may have narrowed it, and the tree is for every user of the store
  const bool is_direct = entry.size >= k_direct_from && file.set_direct(true);
  return UnpackedFile(std::move(file), is_direct);
}

Status UnpackedFile::write(std::span<const std::byte> bytes) {
  if (m_is_direct && !is_aligned(bytes)) {  // the last piece
    m_file.set_direct(false);
    m_is_direct = false;
  }
  TORCHUP_TRY(m_file.write_at(m_written, bytes));
  m_written += bytes.size();
  return {};
}

Status UnpackedFile::close() { return m_file.close(); }

}  // namespace torchup
