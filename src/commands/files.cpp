#include "src/commands/files.hpp"

#include <fmt/format.h>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

namespace torchup {
namespace {

constexpr std::size_t k_largest = 64ULL << 20;

class Descriptor {
 public:
  explicit Descriptor(int number) : m_number(number) {}
  ~Descriptor() { close(); }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  int number() const { return m_number; }
  bool close() {
    const int number = std::exchange(m_number, -1);
    return number < 0 || ::close(number) == 0;
  }

 private:
  int m_number;
};

tl::unexpected<Error> refuse(ErrorKind kind, std::string_view action, const std::filesystem::path& path, std::string_view why) {
  return failure({kind, fmt::format("cannot {} `{}`: {}", action, path.string(), why), {}, {}});
}

}  // namespace

Result<std::string> read_text_file(const std::filesystem::path& path) {
  const Descriptor file(path == "-" ? ::dup(STDIN_FILENO) : ::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (file.number() < 0) return refuse(ErrorKind::usage, "read", path, std::strerror(errno));
  std::string text;
  char block[65536];
  for (;;) {
    const ssize_t count = ::read(file.number(), block, sizeof block);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return refuse(ErrorKind::usage, "read", path, std::strerror(errno));
    if (count == 0) return text;
    text.append(block, static_cast<std::size_t>(count));
    if (text.size() > k_largest) return refuse(ErrorKind::usage, "read", path, "it is larger than 64 MiB");
  }
}

Status write_text_file(const std::filesystem::path& path, std::string_view text) {
  const auto folder = path.has_parent_path() ? path.parent_path() : std::filesystem::path(".");
  std::error_code problem;
  std::filesystem::create_directories(folder, problem);
  std::string temporary = (folder / ("." + path.filename().string() + ".XXXXXX")).string();
  Descriptor file(::mkstemp(temporary.data()));
  if (file.number() < 0) return refuse(ErrorKind::host, "write", path, std::strerror(errno));
  const auto give_up = [&] {
    const int number = errno;
    ::unlink(temporary.c_str());
    return refuse(ErrorKind::host, "write", path, std::strerror(number));
  };
  constexpr mode_t k_readable = 0644;
  while (!text.empty()) {
    const ssize_t count = ::write(file.number(), text.data(), text.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return give_up();
    text.remove_prefix(static_cast<std::size_t>(count));
  }
  if (::fchmod(file.number(), k_readable) != 0 || ::fsync(file.number()) != 0 || !file.close()) return give_up();
  if (::rename(temporary.c_str(), path.c_str()) != 0) return give_up();
  return {};
}

}  // namespace torchup
