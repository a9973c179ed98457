#include "src/commands/files.hpp"

#include "torchup/system/file_descriptor.hpp"

#include <iostream>
#include <iterator>

namespace torchup {
namespace {

constexpr std::uint64_t k_largest = 64ULL << 20;

/// The user named the file: what is wrong with it is a matter of usage.
Error as_usage(Error error) {
  error.kind = ErrorKind::usage;
  return error;
}

}  // namespace

Result<std::string> read_text_file(const std::filesystem::path& path) {
  if (path == "-") {
    std::string text(std::istreambuf_iterator<char>(std::cin), {});
    return text;
  }
  return read_whole_file(path, k_largest).map_error(as_usage);
}

Status write_text_file(const std::filesystem::path& path, std::string_view text) { return replace_file(path, text, Durable::yes); }

}  // namespace torchup
