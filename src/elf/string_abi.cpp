#include "src/elf/string_abi.hpp"

#include "src/elf/file_bytes.hpp"

#include <algorithm>
#include <elf.h>
#include <optional>

namespace torchup {
namespace {

constexpr std::size_t k_most_sections = 4096;
constexpr std::uint64_t k_most_symbols = 4'000'000;
constexpr std::uint64_t k_most_text = 512ULL << 20;

struct Tables {
  Elf64_Shdr symbols, texts;
};

/// The section of dynamic symbols, and that of their names.
Result<std::optional<Tables>> find_tables(const FileBytes& bytes) {
  TORCHUP_TRY_ASSIGN(const auto start, bytes.read(0, sizeof(Elf64_Ehdr)));
  const auto header = load<Elf64_Ehdr>(start, 0);
  if (std::memcmp(header.e_ident, ELFMAG, SELFMAG) != 0) return bytes.malformed("does not begin as one");
  if (header.e_ident[EI_CLASS] != ELFCLASS64 || header.e_ident[EI_DATA] != ELFDATA2LSB)
    return bytes.malformed("is not 64-bit little-endian");
  if (header.e_shnum == 0) return std::nullopt;
  if (header.e_shentsize != sizeof(Elf64_Shdr) || header.e_shnum > k_most_sections)
    return bytes.malformed("has a section table of a strange size");
  TORCHUP_TRY_ASSIGN(const auto table, bytes.read(header.e_shoff, header.e_shnum * sizeof(Elf64_Shdr)));
  for (std::size_t i = 0; i < header.e_shnum; ++i) {
    const auto section = load<Elf64_Shdr>(table, i * sizeof(Elf64_Shdr));
    if (section.sh_type != SHT_DYNSYM) continue;
    if (section.sh_link >= header.e_shnum) return bytes.malformed("has symbols whose names are nowhere");
    return Tables{section, load<Elf64_Shdr>(table, section.sh_link * sizeof(Elf64_Shdr))};
  }
  return std::nullopt;
}

}  // namespace

Result<std::vector<std::string>> defined_symbols(const std::filesystem::path& library) {
  TORCHUP_TRY_ASSIGN(const FileBytes bytes, FileBytes::open(library));
  TORCHUP_TRY_ASSIGN(const std::optional<Tables> tables, find_tables(bytes));
  std::vector<std::string> names;
  if (!tables) return names;
  const std::uint64_t count = tables->symbols.sh_size / sizeof(Elf64_Sym);
  if (count > k_most_symbols || tables->texts.sh_size > k_most_text) return bytes.malformed("has a symbol table of a strange size");
  TORCHUP_TRY_ASSIGN(const auto symbols, bytes.read(tables->symbols.sh_offset, static_cast<std::size_t>(count) * sizeof(Elf64_Sym)));
  TORCHUP_TRY_ASSIGN(const auto texts, bytes.read(tables->texts.sh_offset, static_cast<std::size_t>(tables->texts.sh_size)));
  const std::string_view all(texts.data(), texts.size());
  for (std::size_t i = 0; i < count; ++i) {
    const auto symbol = load<Elf64_Sym>(symbols, i * sizeof(Elf64_Sym));
    if (symbol.st_shndx == SHN_UNDEF || symbol.st_name >= all.size()) continue;
    const std::string_view rest = all.substr(symbol.st_name);
    names.emplace_back(rest.substr(0, rest.find('\0')));
  }
  return names;
}

std::string string_abi(const std::vector<std::string>& symbols) {
  const auto with = [&](std::string_view part) {
    return std::ranges::count_if(symbols,
                                 [&](const std::string& name) { return name.starts_with("_Z") && name.find(part) != std::string::npos; });
  };
  // A reference to a constant string is what functions take most; two letters alone could stand inside a longer name.
  const auto present = with("NSt7__cxx1112basic_string"), former = with("RKSs");
  if (present == 0 && former == 0) return "";
  return present >= former ? "cxx11" : "pre-cxx11";
}

}  // namespace torchup
