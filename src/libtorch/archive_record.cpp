#include "src/libtorch/archive_record.hpp"

#include "torchup/system/file_descriptor.hpp"

#include <fmt/format.h>

#include <fcntl.h>
#include <span>
#include <string_view>
#include <system_error>

namespace torchup {
namespace {

constexpr std::uint64_t k_most_bytes = 16 << 20;
constexpr std::size_t k_digest_letters = 64;

}  // namespace

Result<std::optional<Sha256>> ArchiveRecord::find(const Url& url) const {
  std::error_code error;
  if (!std::filesystem::exists(m_file, error)) return std::nullopt;
  TORCHUP_TRY_ASSIGN(const std::string text, read_whole_file(m_file, k_most_bytes));
  std::size_t number = 0;
  for (std::string_view rest = text; !rest.empty();) {
    const std::size_t end = std::min(rest.find('\n'), rest.size());
    const std::string_view line = rest.substr(0, end);
    rest.remove_prefix(std::min(end + 1, rest.size()));
    ++number;
    const auto digest = Sha256::parse(line.substr(0, std::min(k_digest_letters, line.size())));
    if (!digest || line.size() < k_digest_letters + 2 || line.substr(k_digest_letters, 2) != "  ") {
      return failure({ErrorKind::host,
                      fmt::format("line {} of `{}` is not the digest of an archive", number, m_file.string()),
                      {},
                      {"mend the line, or remove the file: what is downloaded next then counts as the first"}});
    }
    if (line.substr(k_digest_letters + 2) == url.text()) return *digest;
  }
  return std::nullopt;
}

Status ArchiveRecord::add(const Url& url, const Sha256& digest) const {
  std::error_code error;
  std::filesystem::create_directories(m_file.parent_path(), error);
  TORCHUP_TRY_ASSIGN(FileDescriptor file, FileDescriptor::open(m_file, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644));
  const std::string line = fmt::format("{}  {}\n", digest.hex(), url.text());  // in one piece: another process may add one too
  TORCHUP_TRY(file.write(std::as_bytes(std::span(line))));
  return file.close();
}

}  // namespace torchup
