#include "src/elf/elf_file.hpp"

#include "src/elf/file_bytes.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <elf.h>
#include <optional>

namespace torchup {

namespace {

constexpr std::size_t k_most_segments = 512;
constexpr std::size_t k_most_sections = 4096;
constexpr std::size_t k_most_dynamic_entries = 8192;
constexpr std::size_t k_most_versions = 8192;

/// The places that the dynamic section names, as addresses in memory.
struct DynamicTables {
  std::optional<std::uint64_t> strings, version_needs, version_definitions;
  std::uint64_t version_need_count = 0, version_definition_count = 0;
  std::vector<std::uint64_t> needed;
  std::optional<std::uint64_t> soname, rpath, runpath;
};

std::vector<std::string> split_directories(const std::string& text) {
  std::vector<std::string> directories;
  std::size_t start = 0;
  while (start <= text.size()) {
    const std::size_t end = std::min(text.find(':', start), text.size());
    if (end > start) directories.push_back(text.substr(start, end - start));
    start = end + 1;
  }
  return directories;
}

class Reader {
 public:
  explicit Reader(const FileBytes& bytes) : m_bytes(bytes) {}

  Result<ElfFile> read() {
    TORCHUP_TRY(read_header());
    TORCHUP_TRY_ASSIGN(const DynamicTables tables, read_dynamic());
    TORCHUP_TRY(read_names(tables));
    TORCHUP_TRY(read_version_needs(tables));
    TORCHUP_TRY(read_version_definitions(tables));
    return std::move(m_file);
  }

  /// The header itself, known to be of a kind that is read here.
  Result<Elf64_Ehdr> read_identity() const {
    TORCHUP_TRY_ASSIGN(const auto bytes, m_bytes.read(0, sizeof(Elf64_Ehdr)));
    const auto header = load<Elf64_Ehdr>(bytes, 0);
    if (std::memcmp(header.e_ident, ELFMAG, SELFMAG) != 0) return m_bytes.malformed("does not begin as one");
    if (header.e_ident[EI_CLASS] != ELFCLASS64 || header.e_ident[EI_DATA] != ELFDATA2LSB) {
      return m_bytes.malformed("is not 64-bit little-endian");
    }
    return header;
  }

 private:
  Status read_header() {
    TORCHUP_TRY_ASSIGN(const Elf64_Ehdr header, read_identity());
    m_file.machine = header.e_machine;
    if (header.e_phnum == 0) return {};
    if (header.e_phentsize != sizeof(Elf64_Phdr) || header.e_phnum > k_most_segments) {
      return m_bytes.malformed("has a program header table of a strange size");
    }
    TORCHUP_TRY_ASSIGN(const auto table, m_bytes.read(header.e_phoff, header.e_phnum * sizeof(Elf64_Phdr)));
    for (std::size_t i = 0; i < header.e_phnum; ++i) m_segments.push_back(load<Elf64_Phdr>(table, i * sizeof(Elf64_Phdr)));
    return {};
  }

  /// Where an address of a loaded segment lies in the file.
  Result<std::uint64_t> offset_of(std::uint64_t address) const {
    for (const Elf64_Phdr& segment : m_segments) {
      if (segment.p_type == PT_LOAD && address >= segment.p_vaddr && address - segment.p_vaddr < segment.p_filesz) {
        return segment.p_offset + (address - segment.p_vaddr);
      }
    }
    return m_bytes.malformed("names an address that no segment holds");
  }

  Result<DynamicTables> read_dynamic() {
    DynamicTables tables;
    for (const Elf64_Phdr& segment : m_segments) {
      if (segment.p_type == PT_INTERP) {
        TORCHUP_TRY_ASSIGN(m_file.interpreter, m_bytes.read_text(segment.p_offset));
      }
      if (segment.p_type != PT_DYNAMIC) continue;
      const auto count = segment.p_filesz / sizeof(Elf64_Dyn);
      if (count > k_most_dynamic_entries) return m_bytes.malformed("has a dynamic section of a strange size");
      TORCHUP_TRY_ASSIGN(const auto bytes, m_bytes.read(segment.p_offset, static_cast<std::size_t>(count) * sizeof(Elf64_Dyn)));
      for (std::size_t i = 0; i < count; ++i) {
        const auto entry = load<Elf64_Dyn>(bytes, i * sizeof(Elf64_Dyn));
        if (entry.d_tag == DT_NULL) break;
        take(entry, tables);
      }
    }
    return tables;
  }

  static void take(const Elf64_Dyn& entry, DynamicTables& tables) {
    const std::uint64_t value = entry.d_un.d_val;
    switch (entry.d_tag) {
      case DT_NEEDED:
        tables.needed.push_back(value);
        break;
      case DT_SONAME:
        tables.soname = value;
        break;
      case DT_RPATH:
        tables.rpath = value;
        break;
      case DT_RUNPATH:
        tables.runpath = value;
        break;
      case DT_STRTAB:
        tables.strings = value;
        break;
      case DT_VERNEED:
        tables.version_needs = value;
        break;
      case DT_VERNEEDNUM:
        tables.version_need_count = value;
        break;
      case DT_VERDEF:
        tables.version_definitions = value;
        break;
      case DT_VERDEFNUM:
        tables.version_definition_count = value;
        break;
      default:
        break;
    }
  }

  Result<std::string> string_at(std::uint64_t index) const {
    if (!m_strings || index > m_bytes.size()) return m_bytes.malformed("names a text beyond its end");
    return m_bytes.read_text(*m_strings + index);
  }

  Status read_names(const DynamicTables& tables) {
    if (!tables.strings) return {};
    TORCHUP_TRY_ASSIGN(m_strings, offset_of(*tables.strings));
    for (const std::uint64_t index : tables.needed) {
      TORCHUP_TRY_ASSIGN(std::string name, string_at(index));
      m_file.needed.push_back(std::move(name));
    }
    if (tables.soname) {
      TORCHUP_TRY_ASSIGN(m_file.soname, string_at(*tables.soname));
    }
    if (tables.rpath) {
      TORCHUP_TRY_ASSIGN(const std::string text, string_at(*tables.rpath));
      m_file.rpath = split_directories(text);
    }
    if (tables.runpath) {
      TORCHUP_TRY_ASSIGN(const std::string text, string_at(*tables.runpath));
      m_file.runpath = split_directories(text);
    }
    return {};
  }

  // The tables of versions are chains of offsets; the counts bound them, so that a loop ends.
  Status read_version_needs(const DynamicTables& tables) {
    if (!tables.version_needs) return {};
    TORCHUP_TRY_ASSIGN(std::uint64_t place, offset_of(*tables.version_needs));
    for (std::uint64_t i = 0; i < tables.version_need_count && i < k_most_versions; ++i) {
      TORCHUP_TRY_ASSIGN(const auto bytes, m_bytes.read(place, sizeof(Elf64_Verneed)));
      const auto need = load<Elf64_Verneed>(bytes, 0);
      TORCHUP_TRY_ASSIGN(const std::string library, string_at(need.vn_file));
      std::uint64_t auxiliary = place + need.vn_aux;
      for (unsigned j = 0; j < need.vn_cnt && m_file.version_needs.size() < k_most_versions; ++j) {
        TORCHUP_TRY_ASSIGN(const auto piece, m_bytes.read(auxiliary, sizeof(Elf64_Vernaux)));
        const auto version = load<Elf64_Vernaux>(piece, 0);
        TORCHUP_TRY_ASSIGN(std::string name, string_at(version.vna_name));
        m_file.version_needs.push_back({library, std::move(name), (version.vna_flags & VER_FLG_WEAK) != 0});
        auxiliary += version.vna_next;
      }
      place += need.vn_next;
    }
    return {};
  }

  Status read_version_definitions(const DynamicTables& tables) {
    if (!tables.version_definitions) return {};
    TORCHUP_TRY_ASSIGN(std::uint64_t place, offset_of(*tables.version_definitions));
    for (std::uint64_t i = 0; i < tables.version_definition_count && i < k_most_versions; ++i) {
      TORCHUP_TRY_ASSIGN(const auto bytes, m_bytes.read(place, sizeof(Elf64_Verdef)));
      const auto definition = load<Elf64_Verdef>(bytes, 0);
      TORCHUP_TRY_ASSIGN(const auto piece, m_bytes.read(place + definition.vd_aux, sizeof(Elf64_Verdaux)));
      TORCHUP_TRY_ASSIGN(std::string name, string_at(load<Elf64_Verdaux>(piece, 0).vda_name));
      m_file.version_definitions.push_back(std::move(name));
      place += definition.vd_next;
    }
    return {};
  }

  const FileBytes& m_bytes;
  ElfFile m_file;
  std::vector<Elf64_Phdr> m_segments;
  std::optional<std::uint64_t> m_strings;
};

}  // namespace

Result<ElfFile> read_elf_file(const std::filesystem::path& path) {
  TORCHUP_TRY_ASSIGN(const FileBytes bytes, FileBytes::open(path));
  return Reader(bytes).read();
}

Result<std::vector<ElfRange>> read_constant_ranges(const std::filesystem::path& path) {
  TORCHUP_TRY_ASSIGN(const FileBytes bytes, FileBytes::open(path));
  TORCHUP_TRY_ASSIGN(const Elf64_Ehdr header, Reader(bytes).read_identity());
  std::vector<ElfRange> ranges;
  if (header.e_shnum == 0) return ranges;
  if (header.e_shentsize != sizeof(Elf64_Shdr) || header.e_shnum > k_most_sections || header.e_shstrndx >= header.e_shnum)
    return bytes.malformed("has a section table of a strange size");
  TORCHUP_TRY_ASSIGN(const auto table, bytes.read(header.e_shoff, header.e_shnum * sizeof(Elf64_Shdr)));
  const auto section = [&](std::size_t index) { return load<Elf64_Shdr>(table, index * sizeof(Elf64_Shdr)); };
  const auto names = section(header.e_shstrndx);
  for (std::size_t i = 0; i < header.e_shnum; ++i) {
    const auto one = section(i);
    if (one.sh_type != SHT_PROGBITS || one.sh_name >= names.sh_size || names.sh_offset > bytes.size()) continue;
    TORCHUP_TRY_ASSIGN(const std::string name, bytes.read_text(names.sh_offset + one.sh_name));
    const bool is_inside = one.sh_offset <= bytes.size() && one.sh_size <= bytes.size() - one.sh_offset;
    if (name.starts_with(".rodata") && is_inside) ranges.push_back({one.sh_offset, one.sh_size});
  }
  return ranges;
}

Result<std::uint16_t> read_elf_machine(const std::filesystem::path& path) {
  TORCHUP_TRY_ASSIGN(const FileBytes bytes, FileBytes::open(path));
  TORCHUP_TRY_ASSIGN(const Elf64_Ehdr header, Reader(bytes).read_identity());
  return header.e_machine;
}

std::string elf_machine_name(std::uint16_t machine) {
  if (machine == k_elf_machine_x86_64) return "x86_64";
  if (machine == k_elf_machine_aarch64) return "aarch64";
  return fmt::format("machine {}", machine);
}

std::uint16_t own_elf_machine() {
#if defined(__aarch64__)
  return k_elf_machine_aarch64;
#else
  return k_elf_machine_x86_64;
#endif
}

}  // namespace torchup
