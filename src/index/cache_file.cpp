#include "src/index/cache_file.hpp"

#include "torchup/system/file_descriptor.hpp"
#include "torchup/system/hash.hpp"

#include <fmt/format.h>

#include <fstream>
#include <iterator>

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
  return replace_file(path, print(content), Durable::no);
}

}  // namespace torchup
