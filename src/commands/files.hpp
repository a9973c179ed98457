#pragma once
// Files that a user names on the command line: read whole, written whole or not at all.

#include "torchup/core/result.hpp"

#include <filesystem>
#include <string>
#include <string_view>

namespace torchup {

/// The whole file, at most 64 MiB; `-` is standard input. What cannot be read is ErrorKind::usage.
Result<std::string> read_text_file(const std::filesystem::path& path);

/// Replaces the file in one step: a temporary file beside it, synced, then one rename. What cannot be written is
/// ErrorKind::host and the old file stands.
Status write_text_file(const std::filesystem::path& path, std::string_view text);

}  // namespace torchup
