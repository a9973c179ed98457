#include "src/index/cache_file.hpp"

#include "torchup/system/file_descriptor.hpp"
#include "torchup/system/hash.hpp"

#include <fmt/format.h>

#include <fcntl.h>

namespace torchup {
namespace {

constexpr std::string_view k_first_line = "torchup cache 1";
constexpr std::uintmax_t k_largest = 128U << 20;
constexpr std::size_t k_longest_fields = 16U << 10;

std::string digest_of(std::string_view body) { return sha256(std::as_bytes(std::span(body))).hex(); }

/// Takes the next line off the front; nothing where no line ends.
std::optional<std::string_view> take_line(std::string_view& text) {
  const auto end = text.find('\n');
  if (end == std::string_view::npos) return std::nullopt;
  const auto line = text.substr(0, end);
  text.remove_prefix(end + 1);
  return line;
}

/// Takes the fields and the empty line behind them off the front.
std::optional<CacheFile> take_fields(std::string_view& text) {
  if (take_line(text) != k_first_line) return std::nullopt;
  CacheFile file;
  for (auto line = take_line(text); line; line = take_line(text)) {
    if (line->empty()) return file;
    const auto space = line->find(' ');
    if (space == std::string_view::npos) return std::nullopt;
    file.fields.emplace(line->substr(0, space), line->substr(space + 1));
  }
  return std::nullopt;
}

std::optional<CacheFile> parse(std::string text) {
  std::string_view body = text;
  auto file = take_fields(body);
  if (!file || file->field("sha256") != digest_of(body)) return std::nullopt;
  text.erase(0, text.size() - body.size());  // in its place: a copy of a page costs more in new memory than in copying
  file->body = std::move(text);
  return file;
}

std::string print(const CacheFile& content) {
  std::string text = fmt::format("{}\nsha256 {}\n", k_first_line, digest_of(content.body));
  for (const auto& [name, value] : content.fields) {
    if (value.find_first_of("\r\n") == std::string::npos && name != "sha256") text += fmt::format("{} {}\n", name, value);
  }
  return text + "\n" + content.body;
}

}  // namespace

const std::string& CacheFile::field(const std::string& name) const {
  static const std::string empty;
  const auto found = fields.find(name);
  return found == fields.end() ? empty : found->second;
}

std::optional<CacheFile> read_cache_file(const std::filesystem::path& path) {
  auto text = read_whole_file(path, k_largest);
  return text ? parse(*std::move(text)) : std::nullopt;
}

std::optional<CacheFile> read_cache_fields(const std::filesystem::path& path) {
  const auto file = FileDescriptor::open(path, O_RDONLY);
  if (!file) return std::nullopt;
  std::string text(k_longest_fields, '\0');
  const auto read = file->read_at(0, std::as_writable_bytes(std::span(text)));
  if (!read) return std::nullopt;
  std::string_view front = std::string_view(text).substr(0, *read);
  return take_fields(front);
}

Status write_cache_file(const std::filesystem::path& path, const CacheFile& content) {
  return replace_file(path, print(content), Durable::no);
}

}  // namespace torchup
