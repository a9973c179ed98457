#include "src/commands/files.hpp"

#include "torchup/system/file_descriptor.hpp"

#include <fmt/format.h>

#include <cerrno>
#include <fcntl.h>
#include <iostream>
#include <iterator>
#include <unistd.h>

namespace torchup {
namespace {

constexpr std::uint64_t k_largest = 64ULL << 20;

/// The user named the file: what is wrong with it is a matter of usage.
Error as_usage(Error error) {
  error.kind = ErrorKind::usage;
  return error;
}

Status write_and_sync(const std::filesystem::path& path, std::string_view text) {
  TORCHUP_TRY_ASSIGN(FileDescriptor file, FileDescriptor::open(path, O_WRONLY | O_CREAT | O_TRUNC));
  TORCHUP_TRY(file.write(std::as_bytes(std::span(text))));
  TORCHUP_TRY(file.sync());
  return file.close();
}

}  // namespace

Result<std::string> read_text_file(const std::filesystem::path& path) {
  if (path == "-") {
    std::string text(std::istreambuf_iterator<char>(std::cin), {});
    return text;
  }
  return read_whole_file(path, k_largest).map_error(as_usage);
}

Status write_text_file(const std::filesystem::path& path, std::string_view text) {
  const auto folder = path.has_parent_path() ? path.parent_path() : std::filesystem::path(".");
  std::error_code problem;
  std::filesystem::create_directories(folder, problem);  // what goes wrong here, opening the file will say
  const auto temporary = folder / fmt::format(".{}.{}", path.filename().string(), ::getpid());
  auto written = write_and_sync(temporary, text);
  if (written && ::rename(temporary.c_str(), path.c_str()) != 0) written = failure(host_error("write", path, errno));
  if (!written) ::unlink(temporary.c_str());
  return written;
}

}  // namespace torchup
