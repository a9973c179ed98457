#pragma once
// What the dynamic loader reads of a shared object: whom it needs, where it looks, which symbol versions it asks for and
// gives. 64-bit little-endian only, which is what x86_64 and aarch64 are. Files are hostile: every offset and count is
// checked, nothing is mapped, and a library of a gigabyte costs a few small reads. Used by validate and probes.

#include "torchup/core/result.hpp"

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace torchup {

constexpr std::uint16_t k_elf_machine_x86_64 = 62;
constexpr std::uint16_t k_elf_machine_aarch64 = 183;

/// A version of a library's symbols, such as GLIBC_2.28 of libc.so.6.
struct ElfVersionNeed {
  std::string library;
  std::string version;
  bool weak = false;  ///< The loader only warns where it is missing.
  bool operator==(const ElfVersionNeed&) const = default;
};

struct ElfFile {
  std::uint16_t machine = 0;         ///< e_machine
  std::string interpreter;           ///< PT_INTERP; programs only.
  std::string soname;                ///< DT_SONAME; may be empty.
  std::vector<std::string> needed;   ///< DT_NEEDED, in order.
  std::vector<std::string> rpath;    ///< DT_RPATH's directories, $ORIGIN as written.
  std::vector<std::string> runpath;  ///< DT_RUNPATH's; where it stands, the loader ignores DT_RPATH.
  std::vector<ElfVersionNeed> version_needs;
  std::vector<std::string> version_definitions;
};

/// Reads a file's dynamic section. A file that cannot be read is ErrorKind::host; one that is no ELF file, or whose
/// tables contradict themselves, is ErrorKind::integrity.
Result<ElfFile> read_elf_file(const std::filesystem::path& path);

/// The e_machine of a file alone: one small read. Errors as above.
Result<std::uint16_t> read_elf_machine(const std::filesystem::path& path);

/// A stretch of a file.
struct ElfRange {
  std::uint64_t offset = 0, size = 0;
  bool operator==(const ElfRange&) const = default;
};

/// Where the constants of a file lie, its .rodata sections: texts among them. None where its section table was stripped. Errors as above.
Result<std::vector<ElfRange>> read_constant_ranges(const std::filesystem::path& path);

/// "x86_64", "aarch64", or "machine 40".
std::string elf_machine_name(std::uint16_t machine);

/// The e_machine of this program.
std::uint16_t own_elf_machine();

}  // namespace torchup
