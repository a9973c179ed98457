#include "src/index/cache_file.hpp"

#include "torchup/system/hash.hpp"

#include <fmt/format.h>

#include <atomic>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <iterator>
#include <unistd.h>

namespace torchup {
namespace {

constexpr std::string_view k_first_line = "torchup cache 1";
constexpr std::uintmax_t k_largest = 128U << 20;

std::string digest_of(std::string_view body) { return sha256(std::as_bytes(std::span(body))).hex(); }

/// Takes the next line off the front; nothing where no line ends.
std::optional<std::string_view> take_line(std::string_view& text) {
  const auto end = text.find('\n');
  if (end == std::string_view::npos) return std::nullopt;
  const auto line = text.substr(0, end);
  text.remove_prefix(end + 1);
  return line;
}

std::optional<CacheFile> parse(std::string_view text) {
  if (take_line(text) != k_first_line) return std::nullopt;
  CacheFile file;
  for (auto line = take_line(text); line; line = take_line(text)) {
    if (line->empty()) {
      file.body = text;
      if (file.field("sha256") != digest_of(file.body)) return std::nullopt;
      return file;
    }
    const auto space = line->find(' ');
    if (space == std::string_view::npos) return std::nullopt;
    file.fields.emplace(line->substr(0, space), line->substr(space + 1));
  }
  return std::nullopt;
}

std::string print(const CacheFile& content) {
  std::string text = fmt::format("{}\nsha256 {}\n", k_first_line, digest_of(content.body));
  for (const auto& [name, value] : content.fields) {
    if (value.find_first_of("\r\n") == std::string::npos && name != "sha256") text += fmt::format("{} {}\n", name, value);
  }
  return text + "\n" + content.body;
}

tl::unexpected<Error> cannot_write(const std::filesystem::path& path, const std::string& why) {
  return failure({ErrorKind::host, fmt::format("cannot write `{}`: {}", path.string(), why), {}, {}});
}

}  // namespace

const std::string& CacheFile::field(const std::string& name) const {
  static const std::string empty;
  const auto found = fields.find(name);
  return found == fields.end() ? empty : found->second;
}

std::optional<CacheFile> read_cache_file(const std::filesystem::path& path) {
  std::error_code problem;
  const auto size = std::filesystem::file_size(path, problem);
  if (problem || size > k_largest) return std::nullopt;
  std::ifstream file(path, std::ios::binary);
  std::string text(static_cast<std::size_t>(size), '\0');
  if (!file.read(text.data(), static_cast<std::streamsize>(size))) return std::nullopt;
  return parse(text);
}

Status write_cache_file(const std::filesystem::path& path, const CacheFile& content) {
  static std::atomic<unsigned> number = 0;  // with the process id: a name that nobody else writes
  std::error_code problem;
  std::filesystem::create_directories(path.parent_path(), problem);
  if (problem) return cannot_write(path.parent_path(), problem.message());
  const auto temporary = path.parent_path() / fmt::format(".{}.{}.{}", path.filename().string(), ::getpid(), number++);
  {
    std::ofstream file(temporary, std::ios::binary);
    const std::string text = print(content);
    file.write(text.data(), static_cast<std::streamsize>(text.size()));
    if (!file.flush()) {
      const std::string why = std::strerror(errno);
      std::filesystem::remove(temporary, problem);
      return cannot_write(path, why);
    }
  }
  std::filesystem::rename(temporary, path, problem);
  if (!problem) return {};
  const std::string why = problem.message();
  std::filesystem::remove(temporary, problem);
  return cannot_write(path, why);
}

}  // namespace torchup
