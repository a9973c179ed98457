#pragma once
// For which machine a program or library is built, whatever system it is for: ELF, PE and Mach-O told apart by their first bytes. Used
// where an archive for another system is looked at. Files are hostile: a few bytes are read, each place is checked.

#include "torchup/core/result.hpp"

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace torchup {

struct NativeBinary {
  std::string system;                 ///< "linux", "windows", "macos"
  std::vector<std::string> machines;  ///< "x86_64", "aarch64", "arm64", "machine 40"; several of a universal Mach-O file.
  bool operator==(const NativeBinary&) const = default;
};

/// Nothing for a file of any other kind, a script or a text. A file that cannot be read is ErrorKind::host; one that begins as one of the
/// three and breaks off in its header is ErrorKind::integrity.
Result<std::optional<NativeBinary>> read_native_binary(const std::filesystem::path& path);

/// Whether code for a machine of one name runs on one that another system's name stands for: arm64 is aarch64.
bool is_same_machine(const std::string& a, const std::string& b);

}  // namespace torchup
