#include "src/elf/file_bytes.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <utility>

namespace torchup {

namespace {

constexpr std::size_t k_longest_text = 4096;

}  // namespace

Result<FileBytes> FileBytes::open(const std::filesystem::path& path) {
  // Non-blocking, so that a pipe in a library's place does not stop us before it is refused.
  const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (descriptor < 0) return failure({ErrorKind::host, fmt::format("cannot open `{}`: {}", path.string(), std::strerror(errno)), {}, {}});
  FileBytes bytes(path, descriptor, 0);
  struct stat status {};
  if (::fstat(descriptor, &status) != 0 || !S_ISREG(status.st_mode)) {
    return failure({ErrorKind::host, fmt::format("`{}` is not a regular file", path.string()), {}, {}});
  }
  bytes.m_size = static_cast<std::uint64_t>(status.st_size);
  return bytes;
}

FileBytes::FileBytes(std::filesystem::path path, int descriptor, std::uint64_t size)
    : m_path(std::move(path)), m_descriptor(descriptor), m_size(size) {}

FileBytes::FileBytes(FileBytes&& other) noexcept
    : m_path(std::move(other.m_path)), m_descriptor(std::exchange(other.m_descriptor, -1)), m_size(other.m_size) {}

FileBytes::~FileBytes() {
  if (m_descriptor >= 0) ::close(m_descriptor);
}

Result<std::vector<char>> FileBytes::read(std::uint64_t offset, std::size_t count) const {
  if (offset > m_size || count > m_size - offset) return malformed("ends too early");
  std::vector<char> bytes(count);
  std::size_t done = 0;
  while (done < count) {
    const auto got = ::pread(m_descriptor, bytes.data() + done, count - done, static_cast<off_t>(offset + done));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return failure({ErrorKind::host, fmt::format("cannot read `{}`: {}", m_path.string(), std::strerror(errno)), {}, {}});
    if (got == 0) return malformed("ends too early");
    done += static_cast<std::size_t>(got);
  }
  return bytes;
}

Result<std::string> FileBytes::read_text(std::uint64_t offset) const {
  if (offset >= m_size) return malformed("names a text beyond its end");
  TORCHUP_TRY_ASSIGN(const auto bytes, read(offset, static_cast<std::size_t>(std::min<std::uint64_t>(k_longest_text, m_size - offset))));
  const auto end = std::find(bytes.begin(), bytes.end(), '\0');
  if (end == bytes.end()) return malformed("has a name without an end");
  return std::string(bytes.begin(), end);
}

tl::unexpected<Error> FileBytes::malformed(std::string what) const {
  return failure({ErrorKind::integrity, fmt::format("`{}` is not a sound ELF file: it {}", m_path.string(), what), {}, {}});
}

}  // namespace torchup
